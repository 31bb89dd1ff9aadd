import { useEffect } from "preact/hooks";
import { type Redrive, readRedrive, steerRedrive } from "../api/redrives.ts";
import { formatCount, formatTime } from "../format.ts";
import { useAction } from "../state/action.ts";
import { usePoll } from "../state/poll.ts";
import { useMay } from "../state/session.ts";
import { Badge, type Tone } from "./badge.tsx";
import { ErrorNotice, Notice } from "./notice.tsx";

/** A running redrive is looked at this often, in milliseconds. */
const WATCH_MS = 1_000;

const TONES: Record<Redrive["state"], Tone> = {
  running: "info",
  paused: "warn",
  done: "good",
  cancelled: "idle",
  failed: "bad",
};

/** The colour of a redrive's state. */
export function RedriveBadge({ state }: { state: Redrive["state"] }) {
  return <Badge tone={TONES[state] ?? "idle"}>{state}</Badge>;
}

/** How a redrive gets on, with pause, resume and cancel for those who may. */
export function RedriveProgress(props: { redrive: Redrive; onChange(): void }) {
  const { id } = props.redrive;
  const watched = usePoll((signal) => readRedrive(id, signal), { key: id, everyMs: WATCH_MS });
  const redrive = watched.data ?? props.redrive;
  const mayAct = useMay("operator");
  const steer = useAction(async (order: "pause" | "resume" | "cancel") => {
    await steerRedrive(id, order);
    watched.reload();
  });
  const isOver = redrive.state !== "running" && redrive.state !== "paused";
  useEffect(() => {
    if (isOver) props.onChange();
  }, [isOver]);
  const seen = redrive.done + redrive.skipped;
  const share = redrive.state === "done" ? 1 : Math.min(seen / Math.max(redrive.total, 1), 1);
  return (
    <div class="stack">
      <div class="row">
        <RedriveBadge state={redrive.state} />
        <strong aria-live="polite">
          {formatCount(redrive.done)} of {formatCount(redrive.total)} replayed
        </strong>
        {redrive.skipped > 0 && (
          <span class="muted">{formatCount(redrive.skipped)} left where they are</span>
        )}
      </div>
      <progress class="meter" max={1} value={share} aria-label="Progress of the redrive" />
      {redrive.waiting_for && !isOver && (
        <p role="status">It waits: {redrive.waiting_for.replaceAll("_", " ")}.</p>
      )}
      {redrive.error && <Notice tone="bad">{redrive.error}</Notice>}
      <dl class="facts facts-wide">
        <dt>By</dt>
        <dd>{redrive.actor}</dd>
        <dt>Reason</dt>
        <dd>{redrive.reason}</dd>
        <dt>At most</dt>
        <dd>{formatCount(redrive.max_per_second)} per second</dd>
        <dt>Begun</dt>
        <dd>{formatTime(redrive.created_at)}</dd>
      </dl>
      <ErrorNotice error={steer.error} />
      {!steer.error && <ErrorNotice error={watched.error} title="The progress cannot be read" />}
      {mayAct && !isOver && (
        <div class="dialog-actions">
          {redrive.state === "running" ? (
            <button type="button" class="button" onClick={() => steer.run("pause")}>
              Pause
            </button>
          ) : (
            <button type="button" class="button" onClick={() => steer.run("resume")}>
              Resume
            </button>
          )}
          <button type="button" class="button" onClick={() => steer.run("cancel")}>
            Cancel the rest
          </button>
        </div>
      )}
    </div>
  );
}
