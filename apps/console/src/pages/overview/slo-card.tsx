import type { BurnPair, SloComponent, SloState } from "../../api/slo.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { formatAgo, formatAvailability, formatBurn, formatPercent, NOTHING } from "../../format.ts";
import { useNow } from "../../state/now.ts";

const SLO_TONES: Record<SloState, Tone> = {
  ok: "good",
  warn: "warn",
  critical: "bad",
  unknown: "idle",
};

/** One service objective: how it stands, what is left of its budget and how fast that goes. */
export function SloCard(props: { title: string; slo: SloComponent; windowHours: number }) {
  const { title, slo, windowHours } = props;
  const now = useNow();
  // While it cannot be told, the last that was known is shown, and said to be that.
  const shown = slo.state === "unknown" ? (slo.last_known ?? slo) : slo;
  const budget = shown.error_budget_remaining;
  const tone = SLO_TONES[slo.state];
  const isTold = !slo.flags?.insufficient_history;
  return (
    <article class={`card card-${tone}`} aria-label={title}>
      <div class="card-head">
        <h3>{title}</h3>
        <Badge tone={tone}>{slo.state}</Badge>
      </div>
      <Budget left={budget} isTold={isTold} />
      <progress
        class={`meter meter-${tone}`}
        max={1}
        value={isTold ? Math.min(Math.max(budget ?? 0, 0), 1) : 0}
        aria-label="Error budget left"
      />
      <dl class="facts">
        <dt>Availability</dt>
        <dd>
          {formatAvailability(shown.availability)}{" "}
          <span class="muted">of {formatAvailability(slo.target)}</span>
        </dd>
        <dt>Burn rate</dt>
        <dd>{formatBurn(shown.burn_rate)}</dd>
        <dt>Window</dt>
        <dd>{windowHours % 24 === 0 ? `${windowHours / 24} d` : `${windowHours} h`}</dd>
        {slo.coverage != null && slo.coverage < 0.995 && (
          <>
            <dt>Measured</dt>
            <dd>{formatPercent(slo.coverage)} of it</dd>
          </>
        )}
      </dl>
      {slo.state !== "unknown" && slo.windows.length > 0 && (
        <details class="small" open={slo.windows.some(({ breached }) => breached)}>
          <summary>Burn rates by window</summary>
          <dl class="facts">
            {slo.windows.map((pair) => (
              <Pair key={pair.long.window} pair={pair} />
            ))}
          </dl>
        </details>
      )}
      {slo.state === "unknown" && (
        <p class="small muted">
          {describeReason(slo.reason)}
          {slo.last_known && `; last known ${formatAgo(slo.last_known.evaluated_at, now)}`}
        </p>
      )}
    </article>
  );
}

/** What is left of an error budget, or how many times over it is used. */
function Budget({ left, isTold }: { left: number | null; isTold: boolean }) {
  if (left === null || !isTold) {
    return (
      <p class="figure">
        {NOTHING}
        <small>too little history</small>
      </p>
    );
  }
  return (
    <p class="figure">
      {left < 0 ? formatBurn(1 - left) : formatPercent(left, 0)}
      <small>{left < 0 ? "the budget is used" : "of the budget left"}</small>
    </p>
  );
}

/** A pair of windows: both have to burn faster than the threshold before it counts. */
function Pair({ pair }: { pair: BurnPair }) {
  const { long, short, threshold, breached } = pair;
  return (
    <>
      <dt>
        {long.window} and {short.window}
      </dt>
      <dd>
        {breached ? (
          <strong>
            {formatBurn(long.burn_rate)}, {formatBurn(short.burn_rate)}
          </strong>
        ) : (
          `${formatBurn(long.burn_rate)}, ${formatBurn(short.burn_rate)}`
        )}{" "}
        <span class="muted">of {formatBurn(threshold)}</span>
      </dd>
    </>
  );
}

/** The server's word for why an objective cannot be told, in plain words. */
function describeReason(reason: string | null | undefined): string {
  return reason ? reason.replaceAll("_", " ") : "no data";
}
