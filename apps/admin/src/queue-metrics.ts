import {
  closeQueue,
  openQueue,
  QUEUE_NAMES,
  QUEUE_STATES,
  type QueueConnection,
  readCounts,
} from "@mutt/queues";
import { Gauge, type Registry } from "prom-client";

/** Starts exporting the counts of all queues; they are read at every scrape. */
export function startQueueMetrics(queues: QueueConnection, registry: Registry): AsyncDisposable {
  const opened = QUEUE_NAMES.map((name) => openQueue(name, queues));
  const gauge = new Gauge({
    name: "mutt_queue_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      // While Redis is away the last counts stay: a scrape must not fail as a whole for them.
      await Promise.all(opened.map((queue) => show(queue).catch(() => {})));
    },
  });
  const show = async (queue: (typeof opened)[number]): Promise<void> => {
    for (const [state, jobs] of Object.entries(await readCounts(queue))) {
      gauge.set({ queue: queue.name, state }, jobs);
    }
  };
  for (const queue of QUEUE_NAMES) {
    for (const state of QUEUE_STATES) gauge.set({ queue, state }, 0);
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(closeQueue));
    },
  };
}
