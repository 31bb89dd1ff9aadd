import { QueueKeys } from "bullmq";
import type { Redis } from "ioredis";
import {
  type DeadLetterItem,
  type DeadLetterPage,
  type DeadLetterPageOptions,
  readDeadLetter,
  readDeadLetterPage,
} from "./dead-letter-pages.ts";
import { DEAD_LETTER_QUEUES, type DeadLetterQueueName } from "./names.ts";

/** Reads dead letter queues by their names, on one connection. */
export interface DeadLetterReader {
  /** One page of one queue; see `readDeadLetterPage`. */
  readPage(queue: DeadLetterQueueName, options: DeadLetterPageOptions): Promise<DeadLetterPage>;
  /** Finds an entry by the id of its job, in any of the queues unless one is named. */
  find(
    id: string,
    queue?: DeadLetterQueueName,
  ): Promise<Omit<DeadLetterItem, "cursor"> | undefined>;
}

/** Makes a reader; it opens no connection of its own and changes nothing. */
export function createDeadLetterReader(redis: Redis, prefix: string): DeadLetterReader {
  const keys = new QueueKeys(prefix);
  const keysOf = (name: DeadLetterQueueName) => ({
    name,
    toKey: (type: string) => keys.toKey(name, type),
  });
  return {
    readPage: (queue, options) => readDeadLetterPage(redis, keysOf(queue), options),
    async find(id, queue) {
      for (const name of queue === undefined ? DEAD_LETTER_QUEUES : [queue]) {
        const found = await readDeadLetter(redis, keysOf(name), id);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
