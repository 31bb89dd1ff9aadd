import { formatDuration } from "../format.ts";
import { useNow } from "../state/now.ts";
import { POLL_MS, type Polled } from "../state/poll.ts";

/** An answer that is this much older than it should be is called old, in milliseconds. */
const LATE_MS = 3 * POLL_MS;

/** Says how old the page's data is as soon as it is not fresh, and why; takes the worst of several readings. */
export function Freshness(props: { of: readonly Polled<unknown>[] }) {
  const now = useNow();
  const { of: polls } = props;
  const oldest = Math.min(...polls.map(({ readAt }) => readAt ?? Number.POSITIVE_INFINITY));
  const failed = polls.find(({ error }) => error)?.error;
  const age = Number.isFinite(oldest) ? now - oldest : undefined;
  const isLate = age !== undefined && age > LATE_MS;
  const isOld = failed !== undefined || isLate;
  return (
    <p class={isOld ? "freshness freshness-old" : "freshness"}>
      {isOld ? describeOld(age, failed) : "Live"}
      {/* Read out once, not with every second that the data grows older. */}
      <span class="unseen" role="status">
        {isOld ? "The data is old" : ""}
      </span>
    </p>
  );
}

function describeOld(ageMs: number | undefined, failed: Error | undefined): string {
  const age =
    ageMs === undefined
      ? "No data yet"
      : `Data is ${formatDuration(Math.max(0, ageMs) / 1000)} old`;
  return failed ? `${age}: ${failed.message}` : age;
}
