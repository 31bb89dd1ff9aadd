import type { Ledger } from "../../api/alerts.ts";
import { Badge } from "../../components/badge.tsx";
import { PageLink } from "../../components/page-link.tsx";
import { formatCount } from "../../format.ts";

/** Where all events are: whether any is missing, and what they came to. */
export function LedgerCard({ ledger }: { ledger: Ledger }) {
  const { unaccounted, in_flight, dead, ...counts } = ledger;
  const isSound = unaccounted === 0;
  const tone = isSound ? "good" : unaccounted === null ? "idle" : "warn";
  const inDeadLetters = Object.values(dead).reduce((sum, count) => sum + count, 0);
  const facts: [string, number][] = [
    ["Accepted", counts.accepted],
    ["Delivered", counts.delivered],
    ["Logged", counts.logged],
    ["Unhandled", counts.unhandled],
    ["Waiting", in_flight.ingest + in_flight.alert],
    ["Dead letters", inDeadLetters],
    ["Removed", counts.discarded + counts.expired],
  ];
  return (
    <article class={`card card-strip card-${tone}`} aria-label="Ledger">
      <div class="card-head">
        <h3>Ledger</h3>
        <Badge tone={tone}>{isSound ? "accounted for" : "not settled"}</Badge>
      </div>
      <p>
        {sentenceOf(unaccounted)} <PageLink to="alerts">Find an event</PageLink>
      </p>
      <dl class="facts">
        {facts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

function sentenceOf(unaccounted: number | null): string {
  if (unaccounted === null) return "Too many jobs wait to be counted one by one.";
  if (unaccounted === 0) return "Every accepted event came to its end, or waits.";
  return unaccounted > 0
    ? `${formatCount(unaccounted)} events are unaccounted for.`
    : `${formatCount(-unaccounted)} events more came out than went in.`;
}
