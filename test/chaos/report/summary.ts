import { duplicatesBound } from "../judge/bound.ts";
import type { Memory } from "../judge/check-apps.ts";
import type { SloAnswer } from "../judge/check-slo.ts";
import type { Evidence } from "../judge/evidence.ts";
import { acceptedEvents } from "../oracle/sent.ts";

/** What the line of a seed is made of. */
export interface SummaryInput {
  evidence: Evidence;
  faults: number;
  drainedMs: number;
  probeMs: number;
  before: Memory;
  after: Memory;
  slo: SloAnswer | undefined;
  ledger: unknown;
}

/** Writes the figures of a seed in one line. */
export function summarise(input: SummaryInput): string {
  const { evidence, before, after, slo } = input;
  const attempts = evidence.requests.flatMap((request) => request.attempts);
  const refused = attempts.filter(({ outcome }) => typeof outcome === "number" && outcome !== 202);
  const unanswered = attempts.filter(({ outcome }) => typeof outcome === "string");
  const duplicates = evidence.deliveries.reduce((sum, { times }) => sum + times - 1, 0);
  const dead = [...Map.groupBy(evidence.parked, ({ class: kind, queue }) => `${queue} ${kind}`)];
  const memory = Object.entries(after).map(
    ([name, now]) => `${name} ${before[name] ?? "-"}>${now}`,
  );
  const { ingestor, forwarder } = slo?.components ?? {};
  return [
    `${input.faults} faults`,
    `${acceptedEvents(evidence.requests).length} events accepted in ${evidence.requests.length} requests`,
    `${refused.length} refusals, ${unanswered.length} without an answer`,
    `${evidence.deliveries.length} alerts delivered`,
    `${duplicates} once more (at most ${duplicatesBound(evidence)})`,
    `dead letters: ${dead.map(([kind, list]) => `${list.length} ${kind}`).join(", ") || "none"}`,
    `at rest after ${(input.drainedMs / 1000).toFixed(1)} s`,
    `probe ${input.probeMs} ms`,
    `MiB ${memory.join(", ")}`,
    `slo ${slo?.state ?? "unknown"}, bad ${ingestor?.events.bad}/${ingestor?.events.total} and ${forwarder?.events.bad}/${forwarder?.events.total}`,
    ...(input.ledger === undefined ? [] : [`ledger ${JSON.stringify(input.ledger)}`]),
  ].join("; ");
}
