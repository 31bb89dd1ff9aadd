import {
  closeQueue,
  openQueue,
  type PipelineQueue,
  QUEUE_NAMES,
  type QueueConnection,
  type QueueName,
} from "@mutt/queues";

/** Every queue of the pipeline, by name. */
export type OpenQueues = { readonly [Name in QueueName]: PipelineQueue<Name> };

/** Opens every queue once, for the whole app. */
export function openQueues(connection: QueueConnection): {
  queues: OpenQueues;
  [Symbol.asyncDispose](): Promise<void>;
} {
  const opened = QUEUE_NAMES.map((name) => [name, openQueue(name, connection)] as const);
  return {
    queues: Object.fromEntries(opened) as unknown as OpenQueues,
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(([, queue]) => closeQueue(queue)));
    },
  };
}
