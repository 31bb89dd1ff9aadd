import { backlog, type DeadLetterQueueName, type LedgerWriter, readCounts } from "@mutt/queues";
import type { OpenQueues } from "../open-queues.ts";
import type { BoardVerb } from "./verbs.ts";

/** Counts for the ledger what a person takes out of the dead letters, or puts in. */
export interface BoardLedger {
  /** Before a call, known by its headers object. */
  before(call: object, verb: BoardVerb, queue: DeadLetterQueueName): Promise<void>;
  /** After it, when it has worked. */
  after(call: object, verb: BoardVerb, queue: DeadLetterQueueName): Promise<void>;
}

/** Makes the counter. A bulk action does not say how much went, so the queue is counted before and after it. */
export function createBoardLedger(
  queues: OpenQueues,
  ledger: Pick<LedgerWriter, "count">,
): BoardLedger {
  const entriesBefore = new WeakMap<object, number>();
  const entriesIn = async (queue: DeadLetterQueueName): Promise<number> => {
    const counts = await readCounts(queues[queue]);
    return backlog(counts) + counts.active + counts.failed;
  };
  return {
    async before(call, { changes, isBulk }, queue) {
      if (changes === "removes" && isBulk) entriesBefore.set(call, await entriesIn(queue));
    },
    async after(call, { changes, isBulk }, queue) {
      if (changes === undefined) return;
      if (changes === "adds") return ledger.count("generated", 1);
      const before = entriesBefore.get(call);
      const removed = isBulk && before !== undefined ? before - (await entriesIn(queue)) : 1;
      ledger.count("discarded", Math.max(0, removed));
    },
  };
}
