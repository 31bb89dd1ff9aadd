import { APPS } from "@mutt/stack";
import type { MemoryRow } from "../scenarios/memory.ts";
import {
  accepted,
  endToEnd,
  figureOf,
  latencyP50,
  latencyP99,
  type Results,
  ratioOf,
} from "./results.ts";
import { formatMiB, formatNumber } from "./table.ts";

/** Something the figures should reach, and whether they do. */
export interface Aim {
  aim: string;
  measured: string;
  verdict: "met" | "missed" | "not measured";
}

const MAX_RSS_BYTES = 200 * 1024 ** 2;

/** Resident memory is flat when it grows by less than a tenth, or by no more than this. */
const FLAT_BYTES = 10 * 1024 ** 2;
const FLAT_SHARE = 1.1;

/** Holds the figures against the aims. */
export function judgeAims(results: Results): Aim[] {
  const { steps } = results;
  const mutt = { system: "mutt", peer: "alertmanager" } as const;
  const alone = { system: "mutt-ingestor", peer: "bare-server", step: "singles-all" } as const;
  const steady = { system: "mutt", step: "steady-200" } as const;
  return [
    atLeast(
      0.7,
      "single posts accepted, against Express + queue.add (ingest alone, both without workers)",
      ratioOf(steps, alone, accepted),
    ),
    atLeast(
      4,
      "posts of 100 accepted, against Alertmanager",
      ratioOf(steps, { ...mutt, step: "lists-all" }, accepted),
    ),
    atLeast(
      2,
      "end to end in posts of 100, all forwarded, against Alertmanager",
      ratioOf(steps, { ...mutt, step: "lists-all" }, endToEnd),
    ),
    atLeast(
      5,
      "end to end in posts of 100, one in twenty forwarded, against Alertmanager",
      ratioOf(steps, { ...mutt, step: "lists-1in20" }, endToEnd),
    ),
    below(10, "ms p50 end to end at 200/s", figureOf(steps, steady, latencyP50)?.median),
    below(50, "ms p99 end to end at 200/s", figureOf(steps, steady, latencyP99)?.median),
    judgeRules(results),
    ...judgeMemory(results),
  ];
}

function atLeast(limit: number, what: string, ratio: number | undefined): Aim {
  const aim = `at least ${limit} times: ${what}`;
  return judge(aim, ratio, (value) => value >= limit, "×");
}

function below(limit: number, what: string, value: number | undefined): Aim {
  return judge(`below ${limit} ${what}`, value, (measured) => measured < limit, " ms");
}

function judge(
  aim: string,
  value: number | undefined,
  isMet: (value: number) => boolean,
  unit: string,
): Aim {
  if (value === undefined) return { aim, measured: "-", verdict: "not measured" };
  return {
    aim,
    measured: `${formatNumber(value)}${unit}`,
    verdict: isMet(value) ? "met" : "missed",
  };
}

function judgeRules({ rules }: Results): Aim {
  const cost = (count: number): number | undefined =>
    rules?.find((row) => row.rules === count)?.fastestMicrosecondsPerEvent;
  const few = cost(10);
  const many = cost(10_000);
  const ratio = few && many && many / few;
  return judge(
    "at most 2 times the cost of matching for 10,000 rules instead of 10",
    ratio,
    (value) => value <= 2,
    "×",
  );
}

function judgeMemory({ memory }: Results): Aim[] {
  const isApp = ({ process }: MemoryRow): boolean => (APPS as readonly string[]).includes(process);
  const rows = memory?.rows.filter(isApp) ?? [];
  const largest = rows.reduce((max, row) => Math.max(max, row.maxBytes), 0);
  const growing = rows.filter(
    ({ startBytes, endBytes }) =>
      endBytes > Math.max(startBytes * FLAT_SHARE, startBytes + FLAT_BYTES),
  );
  const isMeasured = rows.length > 0;
  return [
    {
      aim: "below 200 MiB resident in every app",
      measured: isMeasured ? formatMiB(largest) : "-",
      verdict: verdictOf(isMeasured, largest < MAX_RSS_BYTES),
    },
    {
      aim: "flat memory in every app (grows by less than 10 % or 10 MiB)",
      measured: isMeasured ? growing.map((row) => row.process).join(", ") || "all flat" : "-",
      verdict: verdictOf(isMeasured, growing.length === 0),
    },
  ];
}

function verdictOf(isMeasured: boolean, isMet: boolean): Aim["verdict"] {
  if (!isMeasured) return "not measured";
  return isMet ? "met" : "missed";
}
