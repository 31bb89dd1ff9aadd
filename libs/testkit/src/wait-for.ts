import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until a condition gives something truthy and returns that. A condition that throws counts as
 * not met yet. Throws when `timeoutMs` (default 10 s) is over, naming `what` and the last error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: { what: string; timeoutMs?: number; everyMs?: number },
): Promise<NonNullable<T>> {
  const { what, timeoutMs = 10_000, everyMs = 20 } = options;
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  // One more look after the deadline: it may have passed while the machine stood still.
  for (let isLast = false; ; isLast = Date.now() >= deadline) {
    try {
      const value = await condition();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (isLast) break;
    await sleep(everyMs);
  }
  throw new Error(`waited ${timeoutMs} ms in vain: ${what}`, { cause: lastError });
}
