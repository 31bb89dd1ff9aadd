import type { AppName } from "@mutt/stack";
import { waitFor } from "@mutt/testkit";
import type { SentRequest } from "../oracle/sent.ts";
import type { Processes } from "../stack/processes.ts";
import type { Stack } from "../stack/stack.ts";
import type { Violation } from "./evidence.ts";
import { logTimes, readLogs } from "./read-logs.ts";

/** What of `GET /api/v1/slo` is looked at. */
export interface SloAnswer {
  state: string;
  components: Record<
    "ingestor" | "forwarder",
    { state: string; events: { total: number | null; bad: number | null } }
  >;
}

/**
 * Failures that were seen from outside, since a process that counts them last took counts with it: it was killed, or asked
 * to end while Redis did not answer, which it says.
 */
export interface SeenFailures {
  /** Answers that count against the objective of ingest. */
  refusals: number;
  /** Alerts that a forwarder has given up on before they were ever replayed. */
  dead: number;
}

/** The answer is evaluated every 15 s; in milliseconds. */
const EVALUATED_MS = 40_000;

/** Counts the failures that the objectives have to know of. */
export function seenFailures({ processes }: Stack, requests: readonly SentRequest[]): SeenFailures {
  const ingestorLost = lastLossAt(processes, "ingestor");
  const refusals = requests
    .flatMap(({ attempts }) => attempts)
    .filter(({ at }) => at > ingestorLost)
    .filter(({ outcome, reason }) => outcome === 503 || (outcome === 429 && reason === "shedding"));
  const replayed = readLogs(processes, "remediation", "dead letter replayed");
  const dead = readLogs(processes, "forwarder", "alert could not be delivered");
  const forwarderLost = lastLossAt(processes, "forwarder");
  const fresh = [...dead].filter(([id, at]) => !replayed.has(id) && at > forwarderLost);
  return { refusals: refusals.length, dead: fresh.length };
}

/** When a process of the app last ended with counts that it had not written: epoch milliseconds, 0 for never. */
function lastLossAt(processes: Pick<Processes, "all" | "lastKilledAt">, app: AppName): number {
  return Math.max(
    processes.lastKilledAt(app),
    ...logTimes(processes, app, "the last counts of the history could not be written"),
  );
}

/** Says whether an answer is silent about failures that happened. */
export function judgeSlo({ components }: SloAnswer, seen: SeenFailures): Violation[] {
  const { ingestor, forwarder } = components;
  const silent = (name: string, bad: number | null, failures: number): Violation[] =>
    (bad ?? 0) < failures
      ? [{ what: "slo", detail: `${name}: ${failures} failures seen, ${bad} counted`, ids: [] }]
      : [];
  return [
    ...silent("ingestor", ingestor.events.bad, seen.refusals),
    ...silent("forwarder", forwarder.events.bad, seen.dead),
  ];
}

/** Asks until the answer is honest, or for as long as an evaluation may take. */
export async function checkSlo(
  stack: Stack,
  seen: SeenFailures,
): Promise<{ violations: Violation[]; answer: SloAnswer | undefined }> {
  let answer: SloAnswer | undefined;
  let violations: Violation[] = [];
  const look = async (): Promise<boolean> => {
    answer = (await stack.admin("GET", "/api/v1/slo")) as SloAnswer;
    violations = judgeSlo(answer, seen);
    return violations.length === 0;
  };
  const what = "the answer tells of the failures";
  await waitFor(look, { what, timeoutMs: EVALUATED_MS, everyMs: 1000 }).catch((error: Error) => {
    if (answer === undefined) violations = [{ what: "slo", detail: error.message, ids: [] }];
  });
  return { violations, answer };
}
