import { randomUUID } from "node:crypto";
import { awaitLastWrite, createScript, type WarningLogger } from "@mutt/redis";
import type { Redis } from "ioredis";

/**
 * What is counted for the ledger: how many events came in, and the ends they came to. What still waits, dead letters
 * too, is counted where it stands.
 */
export const LEDGER_ENTRIES = [
  "accepted",
  "generated",
  "delivered",
  "logged",
  "unhandled",
  "discarded",
  "expired",
] as const;

/** One of the counted entries. */
export type LedgerEntry = (typeof LEDGER_ENTRIES)[number];

/** Counts for the ledger from this process. */
export interface LedgerWriter extends AsyncDisposable {
  /** Counts events that came to an end, or came in; never waits. */
  count(entry: LedgerEntry, events: number): void;
}

/** Key of the counters; they are kept for ever. */
export function ledgerKey(prefix: string): string {
  return `${prefix}:ledger`;
}

/**
 * Counts of so many milliseconds go in one write: small jobs end faster than Redis is worth a command for each.
 */
const GATHER_MS = 10;

/** A write that failed is sent again after this long, in milliseconds. */
const AGAIN_MS = 500;

/** How long the number of a writer's last write is remembered, in seconds. */
const NUMBER_KEPT_S = 24 * 3600;

/**
 * Adds counts once, however often they are sent: an answer that came too late is no answer, but they may have been added.
 * KEYS: counters, number of the writer's last write. ARGV: number, seconds that it is kept, then entry and count of each.
 */
const WRITE = createScript(`
if (tonumber(redis.call('GET', KEYS[2]) or '') or 0) >= tonumber(ARGV[1]) then return 0 end
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
`);

/**
 * Starts a writer. While Redis is away counts add up here. A process that is killed loses those of the jobs that it had
 * in hand, or had finished within the last 10 ms; one that is asked to end while Redis does not answer says that it does.
 */
export function createLedgerWriter(
  redis: Redis,
  prefix: string,
  logger?: WarningLogger,
): LedgerWriter {
  const keys = [ledgerKey(prefix), `${prefix}:ledger-writer:${randomUUID()}`];
  let counted = new Map<LedgerEntry, number>();
  let writing: Promise<void> | undefined;
  let number = 0;

  async function write(): Promise<void> {
    await pause(GATHER_MS);
    while (counted.size > 0) {
      const args = [++number, NUMBER_KEPT_S, ...[...counted].flat()];
      counted = new Map();
      while (!(await isWritten(args))) await pause(AGAIN_MS);
    }
  }

  async function isWritten(args: readonly (string | number)[]): Promise<boolean> {
    try {
      await WRITE.run(redis, keys, args);
      return true;
    } catch {
      // Sent again under the same number; that Redis is away is said elsewhere.
      return false;
    }
  }

  return {
    count(entry, events) {
      if (events === 0) return;
      counted.set(entry, (counted.get(entry) ?? 0) + events);
      writing ??= write().finally(() => {
        writing = undefined;
      });
    },
    async [Symbol.asyncDispose]() {
      await awaitLastWrite(redis, () => writing);
      if (writing) logger?.warn("the last counts of the ledger could not be written");
    },
  };
}

/** Does not keep the process alive. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
