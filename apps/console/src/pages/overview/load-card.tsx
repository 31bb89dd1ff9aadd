import type { AlerterRow, QueueRow } from "../../api/queues.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { formatCount, formatDuration, formatPercent } from "../../format.ts";

const TONES: Record<AlerterRow["state"], Tone> = {
  normal: "good",
  warn: "warn",
  shed: "bad",
  recovering: "warn",
  unknown: "idle",
};

const SENTENCES: Record<AlerterRow["state"], string> = {
  normal: "Everything is worked on as it comes.",
  warn: "The alert queue grows: shedding is near.",
  shed: "Less severe events are set aside and replayed later.",
  recovering: "The flood is over; the backlog drains.",
  unknown: "No alerter has said how it stands.",
};

/** How the pipeline copes with its load. */
export function LoadCard(props: { alerter: AlerterRow; queues: readonly QueueRow[] }) {
  const { alerter, queues } = props;
  const tone = TONES[alerter.state];
  return (
    <article class={`card card-${tone}`} aria-label="Load">
      <div class="card-head">
        <h3>Load</h3>
        <Badge tone={tone}>{alerter.state}</Badge>
      </div>
      <p>{SENTENCES[alerter.state]}</p>
      <dl class="facts">
        {alerter.share !== undefined && alerter.share > 0 && (
          <>
            <dt>Set aside</dt>
            <dd>{formatPercent(alerter.share)} of the events</dd>
          </>
        )}
        {queues
          .filter(({ name }) => name === "ingest" || name === "alert")
          .map((queue) => (
            <QueueFacts key={queue.name} queue={queue} />
          ))}
      </dl>
    </article>
  );
}

function QueueFacts({ queue }: { queue: QueueRow }) {
  const { waiting, prioritized, delayed, active } = queue.counts;
  return (
    <>
      <dt>{queue.name} queue</dt>
      <dd>
        {formatCount(waiting + prioritized + delayed + active)} jobs
        {queue.oldest_age_seconds >= 1 && (
          <span class="muted nowrap">, oldest {formatDuration(queue.oldest_age_seconds)}</span>
        )}
      </dd>
    </>
  );
}
