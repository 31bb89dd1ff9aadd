import { QUEUE_NAMES, QUEUE_STATES, type QueueName, readCounts } from "@mutt/queues";
import { Gauge, type Registry } from "prom-client";
import type { OpenQueues } from "./open-queues.ts";

/** Exports the counts of all queues; they are read at every scrape. */
export function registerQueueMetrics(queues: OpenQueues, registry: Registry): void {
  const gauge = new Gauge({
    name: "mutt_queue_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      // While Redis is away the last counts stay: a scrape must not fail as a whole for them.
      await Promise.all(QUEUE_NAMES.map((name) => show(name).catch(() => {})));
    },
  });
  const show = async (queue: QueueName): Promise<void> => {
    for (const [state, jobs] of Object.entries(await readCounts(queues[queue]))) {
      gauge.set({ queue, state }, jobs);
    }
  };
  for (const queue of QUEUE_NAMES) {
    for (const state of QUEUE_STATES) gauge.set({ queue, state }, 0);
  }
}
