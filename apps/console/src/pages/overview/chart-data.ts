import type { History } from "../../api/history.ts";
import type { Series } from "../../components/line-chart.tsx";

/** What the charts draw; all lines are as long as `times` (epoch seconds). */
export interface ChartData {
  times: number[];
  waiting: Series[];
  age: Series[];
  outcomes: Series[];
}

type Values = (number | null)[];

/** Turns the history into lines; a minute that nobody measured is a gap. */
export function chartData(history: History | undefined): ChartData {
  const { minutes = [], step = 1, series = {} } = history ?? {};
  const seen = (name: string): Values => minutes.map((_, index) => series[name]?.[index] ?? null);
  // A point of several minutes holds their sum.
  const perMinute = (name: string): Values =>
    seen(name).map((value) => (value === null ? null : value / step));
  return {
    times: minutes.map((minute) => minute * 60),
    waiting: [
      { name: "events", colour: 1, values: seen("ingest_depth") },
      { name: "deliveries", colour: 2, values: seen("alert_depth") },
      {
        name: "dead letters",
        colour: 3,
        values: sumOf(["dlq_alerter", "dlq_forwarder", "dlq_dead"].map(seen)),
      },
    ],
    age: [{ name: "alert queue", colour: 2, values: seen("alert_oldest_age") }],
    outcomes: [
      {
        name: "delivered",
        colour: 4,
        values: sumOf(["forward_good", "replay_good"].map(perMinute)),
      },
      { name: "dead", colour: 2, values: sumOf(["forward_bad", "replay_bad"].map(perMinute)) },
      { name: "shed", colour: 3, values: perMinute("shed") },
    ],
  };
}

/** Point by point; unknown where one of them is. */
function sumOf([first = [], ...others]: readonly Values[]): Values {
  return first.map((value, index) =>
    others.reduce<number | null>((sum, values) => {
      const other = values[index] ?? null;
      return sum === null || other === null ? null : sum + other;
    }, value),
  );
}
