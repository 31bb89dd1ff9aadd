import { APPS } from "@mutt/stack";
import type { MemoryRow } from "../scenarios/memory.ts";
import type { StepName } from "../scenarios/steps.ts";
import { type Aim, atLeast, atMost, below, verdictOf } from "./judge.ts";
import {
  accepted,
  endToEnd,
  figureOf,
  latencyP50,
  latencyP99,
  type Results,
  ratioOf,
} from "./results.ts";
import { formatMiB } from "./table.ts";

/** Resident memory is flat when it grows by less than a tenth, or by no more than this. */
const FLAT_BYTES = 10 * 1024 ** 2;
const FLAT_SHARE = 1.1;

const MAX_RSS_BYTES = 200 * 1024 ** 2;

/** Holds the figures against the aims. */
export function judgeAims(results: Results): Aim[] {
  const { steps } = results;
  const rival = { system: "mutt", peer: "alertmanager" } as const;
  const alone = { system: "mutt-ingestor", peer: "bare-server", step: "singles-all" } as const;
  const lists = { ...rival, step: "lists-all" } as const;
  const steady = { system: "mutt", step: "steady-200" } as const;
  return [
    atLeast(
      0.8,
      "single posts accepted ÷ Express + queue.add, ingest alone",
      ratioOf(steps, alone, accepted),
    ),
    atLeast(4, "posts of 100 accepted ÷ Alertmanager", ratioOf(steps, lists, accepted)),
    atLeast(3, "end to end, all forwarded ÷ Alertmanager", ratioOf(steps, lists, endToEnd)),
    atLeast(
      5,
      "end to end, 1 in 20 forwarded ÷ Alertmanager that notifies of all",
      ratioOfSelection(results, "lists-all"),
    ),
    atLeast(
      5,
      "end to end, 1 in 20 forwarded ÷ Alertmanager that routes 19 in 20 to nobody",
      ratioOfSelection(results, "lists-1in20"),
    ),
    below(10, "end to end at 200/s, p50", figureOf(steps, steady, latencyP50)?.median),
    below(50, "end to end at 200/s, p99", figureOf(steps, steady, latencyP99)?.median),
    judgeRules(results),
    ...judgeMemory(results),
  ];
}

/** Events that come to their outcome when few are forwarded, against Alertmanager in the one step or the other. */
function ratioOfSelection({ steps }: Results, peerStep: StepName): number | undefined {
  const own = figureOf(steps, { system: "mutt", step: "lists-1in20" }, endToEnd);
  const other = figureOf(steps, { system: "alertmanager", step: peerStep }, endToEnd);
  return own && other && own.median / other.median;
}

function judgeRules({ rules }: Results): Aim {
  const cost = (count: number): number | undefined =>
    rules?.find((row) => row.rules === count)?.fastestMicrosecondsPerEvent;
  const few = cost(10);
  const many = cost(10_000);
  return atMost(2, "matching against 10,000 rules ÷ against 10", few && many && many / few);
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
      aim: "resident memory of every app",
      wanted: "below 200 MiB",
      measured: isMeasured ? formatMiB(largest) : "-",
      verdict: verdictOf(isMeasured, largest < MAX_RSS_BYTES),
    },
    {
      aim: "resident memory flat: grows by less than 10 % or 10 MiB",
      wanted: "in every app",
      measured: isMeasured ? describeGrowth(growing) : "-",
      verdict: verdictOf(isMeasured, growing.length === 0),
    },
  ];
}

function describeGrowth(growing: readonly MemoryRow[]): string {
  if (growing.length === 0) return "all flat";
  return `grows in ${growing.map((row) => row.process).join(", ")}`;
}
