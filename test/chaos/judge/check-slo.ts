import { waitFor } from "@mutt/testkit";
import type { SentRequest } from "../oracle/sent.ts";
import type { Stack } from "../stack/stack.ts";
import type { Violation } from "./evidence.ts";
import { readLogs } from "./read-logs.ts";

/** What of `GET /api/v1/slo` is looked at. */
export interface SloAnswer {
  state: string;
  components: Record<
    "ingestor" | "forwarder",
    { state: string; events: { total: number | null; bad: number | null } }
  >;
}

/**
 * Failures that were seen from outside, since a process that counts them was last killed: it takes with it what it could
 * not write to Redis, which may have been away for long.
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
  const refusals = requests
    .flatMap(({ attempts }) => attempts)
    .filter(({ at }) => at > processes.lastKilledAt("ingestor"))
    .filter(({ outcome, reason }) => outcome === 503 || (outcome === 429 && reason === "shedding"));
  const replayed = readLogs(processes, "remediation", "dead letter replayed");
  const dead = readLogs(processes, "forwarder", "alert could not be delivered");
  const fresh = [...dead].filter(
    ([id, at]) => !replayed.has(id) && at > processes.lastKilledAt("forwarder"),
  );
  return { refusals: refusals.length, dead: fresh.length };
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
