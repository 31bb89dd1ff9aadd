import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";

/** How long the last write may take when the process stops, in milliseconds: a Redis that answers needs few. */
const LAST_WRITE_MS = 250;

/**
 * Waits for what a part of a process writes last: not at all while Redis is away, since it takes nothing then and the
 * process has a deadline, and never for longer than a quarter of a second.
 */
export async function awaitLastWrite(
  { status }: Pick<Redis, "status">,
  write: () => Promise<void> | undefined,
): Promise<void> {
  if (["reconnecting", "close", "end"].includes(status)) return;
  await Promise.race([write(), pause(LAST_WRITE_MS, undefined, { ref: false })]);
}
