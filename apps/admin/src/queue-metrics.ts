import { closeQueue, openQueue, QUEUE_NAMES, type QueueConnection, readCounts } from "@mutt/queues";
import { Gauge, type Registry } from "prom-client";

/** Starts exporting the counts of all queues; they are read at every scrape. */
export function startQueueMetrics(queues: QueueConnection, registry: Registry): AsyncDisposable {
  const opened = QUEUE_NAMES.map((name) => openQueue(name, queues));
  new Gauge({
    name: "mutt_queue_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      for (const queue of opened) {
        for (const [state, jobs] of Object.entries(await readCounts(queue))) {
          this.set({ queue: queue.name, state }, jobs);
        }
      }
    },
  });
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map(closeQueue));
    },
  };
}
