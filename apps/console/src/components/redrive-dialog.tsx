import { Fragment } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DeadLetterFilter } from "../api/dead-letters.ts";
import { planRedrive, type Redrive, type RedrivePlan, startRedrive } from "../api/redrives.ts";
import { formatCount, formatDuration, formatPlural } from "../format.ts";
import { useAction } from "../state/action.ts";
import { isNarrow } from "../state/dead-letter-filter.ts";
import { Dialog } from "./dialog.tsx";
import { TextArea, TextField } from "./field.tsx";
import { ErrorNotice } from "./notice.tsx";
import { RedriveProgress } from "./redrive-progress.tsx";

/** Replays per second that the form starts with: slow enough for every destination. */
const USUAL_PACE = 10;

/** Plan, confirm with a reason, watch: a redrive from its beginning to its end. */
export function RedriveDialog(props: {
  filter: DeadLetterFilter;
  /** What the filter means, in words. */
  about: string;
  onClose(): void;
  onChange(): void;
}) {
  const [plan, setPlan] = useState<RedrivePlan>();
  const [redrive, setRedrive] = useState<Redrive>();
  const isAll = !isNarrow(props.filter);
  const planning = useAction(async () => {
    setPlan(await planRedrive({ filter: props.filter, all: isAll }));
  });
  useEffect(() => void planning.run(), []);
  return (
    <Dialog title="Redrive" onClose={props.onClose} wide>
      <div class="stack">
        <p class="clip muted">{props.about}</p>
        {redrive ? (
          <RedriveProgress redrive={redrive} onChange={props.onChange} />
        ) : (
          <>
            <ErrorNotice error={planning.error} title="No plan could be made" />
            {planning.isBusy && <p role="status">Counting what this would replay…</p>}
            {plan && <PlanSummary plan={plan} />}
            {plan && plan.count > 0 && (
              <Confirm
                plan={plan}
                isAll={isAll}
                onCancel={props.onClose}
                onStart={(started) => {
                  setRedrive(started);
                  props.onChange();
                }}
              />
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}

function PlanSummary({ plan }: { plan: RedrivePlan }) {
  const excluded = plan.not_eligible.map(
    ({ reason, count }) => `${formatCount(count)} ${reason.replaceAll("_", " ")}`,
  );
  if (plan.count === 0) {
    return (
      <p role="status">
        Nothing is to be replayed: {excluded.length > 0 ? excluded.join(", ") : "no entry fits"}.
      </p>
    );
  }
  const classes = Object.entries(plan.by_class).toSorted(([, a], [, b]) => b - a);
  return (
    <div class="stack" role="status">
      <p class="figure">
        {formatCount(plan.count)}
        <small>{plan.count === 1 ? "entry would be replayed" : "entries would be replayed"}</small>
      </p>
      <dl class="facts facts-wide">
        {classes.map(([name, count]) => (
          <Fragment key={name}>
            <dt>{name.replaceAll("_", " ")}</dt>
            <dd>{formatCount(count)}</dd>
          </Fragment>
        ))}
      </dl>
      {excluded.length > 0 && <p class="muted">Left where they are: {excluded.join(", ")}.</p>}
      {plan.sample.length > 0 && (
        <details>
          <summary>{formatPlural(plan.sample.length, "example", "examples")}</summary>
          <ul class="lines small">
            {plan.sample.map((entry) => (
              <li key={entry.id}>
                {entry.host}, severity {entry.severity}: {entry.error}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Confirm(props: {
  plan: RedrivePlan;
  isAll: boolean;
  onCancel(): void;
  onStart(redrive: Redrive): void;
}) {
  const { plan } = props;
  const [reason, setReason] = useState("");
  const [pace, setPace] = useState(String(USUAL_PACE));
  const maxPerSecond = Number(pace);
  const isPace = maxPerSecond > 0;
  const start = useAction(async () => {
    const { plan_id: planId } = plan;
    const order = { planId, reason: reason.trim(), maxPerSecond, all: props.isAll };
    props.onStart(await startRedrive(order));
  });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void start.run();
      }}
    >
      <TextField
        label="Entries per second, at most"
        type="number"
        min={1}
        max={1000}
        step="any"
        value={pace}
        onChange={setPace}
        required
        hint={
          isPace
            ? `At least ${formatDuration(Math.ceil(plan.count / maxPerSecond))}, if no gate closes meanwhile.`
            : "A number above 0."
        }
      />
      <TextArea
        label="Reason"
        hint="Goes into the audit log with your name."
        value={reason}
        onChange={setReason}
        required
        autoFocus
      />
      <ErrorNotice error={start.error} title="The redrive was not started" />
      <div class="dialog-actions">
        <button type="button" class="button" onClick={props.onCancel}>
          Cancel
        </button>
        <button
          type="submit"
          class="button button-primary"
          disabled={start.isBusy || !isPace || reason.trim() === ""}
        >
          Replay {formatPlural(plan.count, "entry", "entries")}
        </button>
      </div>
    </form>
  );
}
