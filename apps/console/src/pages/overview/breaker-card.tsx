import { useState } from "preact/hooks";
import { type BreakerRow, resetBreaker } from "../../api/queues.ts";
import { Badge, type Tone } from "../../components/badge.tsx";
import { ReasonDialog } from "../../components/reason-dialog.tsx";
import { formatDuration } from "../../format.ts";
import { useNow } from "../../state/now.ts";
import { useMay } from "../../state/session.ts";

/** The breaker before the incident platform, and its reset for those who may. */
export function BreakerCard(props: { breaker: BreakerRow; onChange(): void }) {
  const { breaker } = props;
  const [isAsking, setAsking] = useState(false);
  const mayReset = useMay("operator");
  const now = useNow();
  const waitS = breaker.retry_at ? (Date.parse(breaker.retry_at) - now) / 1000 : 0;
  const tone: Tone =
    breaker.state === "closed" ? "good" : breaker.state === "open" ? "bad" : "warn";
  return (
    <article class={`card card-${tone}`} aria-label="Delivery">
      <div class="card-head">
        <h3>Delivery</h3>
        <Badge tone={tone}>{`breaker ${breaker.state.replace("_", "-")}`}</Badge>
      </div>
      <p>{SENTENCES[breaker.state]}</p>
      {breaker.state !== "closed" && breaker.reason && <code>{breaker.reason}</code>}
      {waitS > 0 && <p class="small muted">Tried again in {formatDuration(waitS)}</p>}
      {mayReset && breaker.state !== "closed" && (
        <div>
          <button type="button" class="button" onClick={() => setAsking(true)}>
            Reset the breaker
          </button>
        </div>
      )}
      {isAsking && (
        <ReasonDialog
          title="Reset the breaker"
          verb="Reset"
          act={resetBreaker}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            props.onChange();
          }}
        >
          <p>
            Deliveries go out again at once. If the cause is still there, the breaker opens again.
            Nothing is lost while it is open.
          </p>
        </ReasonDialog>
      )}
    </article>
  );
}

const SENTENCES: Record<BreakerRow["state"], string> = {
  closed: "Deliveries go out.",
  open: "Nothing is sent; alerts wait in the alert queue.",
  half_open: "One delivery is let through to try.",
};
