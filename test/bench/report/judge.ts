import { formatNumber, formatTable } from "./table.ts";

/** Something the figures should reach, and whether they do. */
export interface Aim {
  aim: string;
  wanted: string;
  measured: string;
  verdict: "met" | "missed" | "not measured";
}

/** A ratio that should not be smaller. */
export function atLeast(limit: number, aim: string, ratio: number | undefined): Aim {
  return judge({ aim, wanted: `at least ${limit}×` }, ratio, (value) => value >= limit, "×");
}

/** A ratio that should not be larger. */
export function atMost(limit: number, aim: string, ratio: number | undefined): Aim {
  return judge({ aim, wanted: `at most ${limit}×` }, ratio, (value) => value <= limit, "×");
}

/** Milliseconds that should stay below a limit. */
export function below(limit: number, aim: string, value: number | undefined): Aim {
  return judge({ aim, wanted: `below ${limit} ms` }, value, (measured) => measured < limit, " ms");
}

/** Something that should never have happened; `count` is how often it did. */
export function never(aim: string, count: number): Aim {
  return {
    aim,
    wanted: "never",
    measured: count === 0 ? "never" : `${count} times`,
    verdict: verdictOf(true, count === 0),
  };
}

/** What is to be said of a figure that was measured, or was not. */
export function verdictOf(isMeasured: boolean, isMet: boolean): Aim["verdict"] {
  if (!isMeasured) return "not measured";
  return isMet ? "met" : "missed";
}

/** Writes the aims as a table. */
export function formatAims(aims: readonly Aim[]): string {
  const rows = aims.map(({ aim, wanted, measured, verdict }) => [aim, wanted, measured, verdict]);
  return `Aims\n${formatTable(["", "wanted", "measured", "verdict"], rows)}`;
}

function judge(
  aim: Pick<Aim, "aim" | "wanted">,
  value: number | undefined,
  isMet: (value: number) => boolean,
  unit: string,
): Aim {
  const isMeasured = value !== undefined && Number.isFinite(value);
  return {
    ...aim,
    measured: isMeasured ? `${formatNumber(value)}${unit}` : "-",
    verdict: verdictOf(isMeasured, isMeasured && isMet(value)),
  };
}
