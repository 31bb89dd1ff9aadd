import { useMemo, useState } from "preact/hooks";
import { readHistory } from "../../api/history.ts";
import { LineChart } from "../../components/line-chart.tsx";
import { ErrorNotice } from "../../components/notice.tsx";
import { Section } from "../../components/section.tsx";
import { formatDuration, formatShort, formatSpan } from "../../format.ts";
import { usePoll } from "../../state/poll.ts";
import { chartData } from "./chart-data.ts";

const RANGES = [
  { name: "1 h", minutes: 60 },
  { name: "6 h", minutes: 360 },
  { name: "24 h", minutes: 1_440 },
  { name: "7 d", minutes: 10_080 },
] as const;

/** Round durations, in seconds. */
const SPANS_S = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 21_600, 86_400, 604_800];

/** A new sample comes once a minute, in milliseconds. */
const SAMPLE_POLL_MS = 20_000;

/** Queue depth, oldest age and outcomes over the last hours. */
export function HistoryCharts() {
  const [minutes, setMinutes] = useState<number>(360);
  const history = usePoll((signal) => readHistory(minutes, signal), {
    key: String(minutes),
    everyMs: SAMPLE_POLL_MS,
  });
  const data = useMemo(() => chartData(history.data), [history.data]);
  const ranges = (
    <fieldset class="switch-group" aria-label="Range">
      {RANGES.map((range) => (
        <button
          key={range.minutes}
          type="button"
          aria-pressed={range.minutes === minutes}
          onClick={() => setMinutes(range.minutes)}
        >
          {range.name}
        </button>
      ))}
    </fieldset>
  );
  return (
    <Section title="The last hours" actions={ranges}>
      {!history.data && <ErrorNotice error={history.error} title="The history cannot be read" />}
      <div class="charts">
        <LineChart title="Waiting" times={data.times} series={data.waiting} format={formatShort} />
        <LineChart
          title="Oldest delivery waits"
          times={data.times}
          series={data.age}
          format={formatDuration}
          formatTick={formatSpan}
          steps={SPANS_S}
        />
        <LineChart
          title="Alerts per minute"
          times={data.times}
          series={data.outcomes}
          format={formatShort}
        />
      </div>
    </Section>
  );
}
