import type { Receiver } from "@mutt/receiver";
import type { Evidence } from "../judge/evidence.ts";
import { acceptedEvents } from "../oracle/sent.ts";
import { type Command, commandsAbout } from "./append-only-file.ts";
import { formatEntry, type Timeline, type TimelineEntry } from "./timeline.ts";

/** Where the traces of an event are looked for. */
export interface Sources {
  evidence: Pick<Evidence, "requests" | "parked">;
  timeline: Timeline;
  processes: readonly { name: string; log: string }[];
  /** What Redis wrote. */
  commands: readonly Command[];
  receiver: Pick<Receiver, "alerts">;
}

/** Faults this long before an event was sent may still have been at work, in milliseconds. */
const BEFORE_MS = 15_000;

/** Characters of a line. */
const LONGEST_LINE = 260;

/** Tells what is known of an event in the order in which it happened: tries, faults, log lines, writes in Redis. */
export function formatStory(id: string, sources: Sources): string {
  const { evidence, timeline, receiver } = sources;
  const accepted = acceptedEvents(evidence.requests).find((each) => each.id === id);
  const marker = accepted?.event.marker ?? "";
  const sentAt = accepted?.request.attempts[0]?.at ?? 0;
  const head = accepted
    ? `${id} (${marker}, ${accepted.event.kind}, severity ${accepted.event.body.severity}), request ${accepted.request.id} of sender ${accepted.request.sender}, ${accepted.request.shape}, ${accepted.request.idempotencyKey ?? "no key"}`
    : `${id}: nobody was answered 202 for it`;
  const attempts = accepted?.request.attempts ?? [];
  const entries: TimelineEntry[] = [
    ...timeline.entries.filter(({ at }) => at >= sentAt - BEFORE_MS),
    ...attempts.map(({ at, endedAt, outcome, reason }) => ({
      at,
      text: `SENT, answered ${outcome} ${reason ?? ""} after ${endedAt - at} ms`,
    })),
    ...linesAbout(id, marker, sources.processes),
    ...commandsAbout(id, sources.commands).map(({ at, args }) => ({
      at,
      text: `redis  ${args.join(" ")}`,
    })),
  ];
  const [seen] = receiver.alerts({ ids: [id], refused: true });
  const dead = evidence.parked.filter(({ alertId }) => alertId === id);
  return [
    head,
    `receiver: ${seen ? `sent ${seen.attempts} times, taken ${seen.delivered} times, first ${seen.first_at}` : "never saw it"}`,
    `dead letters: ${dead.map(({ queue, jobId, state }) => `${queue}/${jobId} (${state})`).join(", ") || "none"}`,
    ...entries
      .sort((a, b) => a.at - b.at)
      .map((entry) => formatEntry(entry, timeline.startedAt).slice(0, LONGEST_LINE)),
  ].join("\n");
}

function linesAbout(id: string, marker: string, processes: Sources["processes"]): TimelineEntry[] {
  return processes.flatMap(({ name, log }) =>
    log
      .split("\n")
      .filter((line) => line.includes(id) || (marker !== "" && line.includes(`${marker} `)))
      .map((line) => ({
        at: Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? "") || 0,
        text: `${name}  ${line}`,
      })),
  );
}
