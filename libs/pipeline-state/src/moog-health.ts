import type { Redis } from "ioredis";

/** What the last probes of `MOOG_HEALTH_URL` found. */
export interface MoogHealth {
  isHealthy: boolean;
  /** Epoch milliseconds of the last probe. */
  at: number;
  /** Epoch milliseconds of the last probe that was answered as it should be; absent before the first. */
  lastOkAt?: number;
  /** What was wrong with the last probe. */
  error?: string;
}

/** A result that nobody renewed for this long says nothing any more, in milliseconds. */
const KEPT_MS = 120_000;

function keyOf(prefix: string): string {
  return `${prefix}:moog-health`;
}

/** Publishes what the forwarder found, for the processes that do not hold the key of the platform. */
export async function publishMoogHealth(
  redis: Redis,
  prefix: string,
  health: MoogHealth,
): Promise<void> {
  await redis.set(keyOf(prefix), JSON.stringify(health), "PX", KEPT_MS);
}

/** Reads the last result; `undefined` when nobody probes, or has not for two minutes. */
export async function readMoogHealth(
  redis: Redis,
  prefix: string,
): Promise<MoogHealth | undefined> {
  const text = await redis.get(keyOf(prefix));
  return text === null ? undefined : (JSON.parse(text) as MoogHealth);
}
