import { setTimeout as sleep } from "node:timers/promises";

/** The part of BullMQ's Queue and Worker that is used here. */
interface Closable {
  close(): Promise<void>;
}

/** A goodbye to a Redis that answers takes milliseconds; one that is away must not hold up the end. */
const GOODBYE_MS = 150;

/** Closes a queue as far as Redis answers: its connections end with the process at the latest. */
export async function closeQueue(queue: Closable): Promise<void> {
  await within(GOODBYE_MS, queue.close());
}

/**
 * Closes a worker: it takes no new job and waits for those in hand.
 * Once `giveBack` fires it waits no longer. A job that could not be given back by then (Redis is away, say) comes
 * back to its queue through BullMQ's check for stalled jobs, without having spent an attempt.
 */
export async function closeWorker(worker: Closable, giveBack: AbortSignal): Promise<void> {
  const closed = worker.close();
  const fired = Promise.withResolvers<void>();
  giveBack.addEventListener("abort", () => fired.resolve(), { once: true });
  if (giveBack.aborted) fired.resolve();
  // Jobs that go back at the signal need a moment; what is still in hand then cannot be helped.
  await Promise.race([ended(closed), fired.promise.then(() => within(GOODBYE_MS, closed))]);
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  await Promise.race([ended(work), sleep(ms)]);
}

/** A goodbye that fails is an end too. */
async function ended(work: Promise<void>): Promise<void> {
  await work.catch(() => undefined);
}
