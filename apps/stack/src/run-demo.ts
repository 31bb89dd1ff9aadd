import {
  type Account,
  type AccountSources,
  isSettled,
  openAccount,
  settledOf,
  untilSettled,
} from "./accounts.ts";
import { createProgress } from "./progress.ts";
import type { SampleFile } from "./sample-events.ts";
import { toPosts } from "./sample-events.ts";
import { sendPost } from "./send-post.ts";
import { formatTable } from "./table.ts";

/** Where the demo sends events and where it looks what became of them. */
export type DemoTarget = AccountSources & { ingestUrl: string; ingestKey: string };

type Output = { write(text: string): unknown; isTTY?: boolean };

type FileResult = {
  name: string;
  sent: number;
  ids: string[];
  rejected: string[];
  account: Account;
};

/** How long the ingestor may ask for patience, and how long the pipeline may stand still. */
const PATIENCE_MS = 60_000;

/**
 * Streams the sample files into a running stack, one after the other, and writes a table of what became
 * of their events. Says whether every event is accounted for.
 */
export async function runDemo(
  files: readonly SampleFile[],
  target: DemoTarget,
  output: Output,
  patienceMs = PATIENCE_MS,
): Promise<boolean> {
  const results: FileResult[] = [];
  for (const file of files) results.push(await streamFile(file, { ...target, patienceMs }, output));
  for (const line of reportLines(results)) output.write(`${line}\n`);
  return results.every(isAccounted);
}

async function streamFile(
  file: SampleFile,
  target: DemoTarget & { patienceMs: number },
  output: Output,
): Promise<FileResult> {
  const progress = createProgress(output, file.name, file.events.length);
  const account = await openAccount(target);
  const ids: string[] = [];
  const rejected: string[] = [];
  let sent = 0;
  for (const post of toPosts(file.events)) {
    const result = await sendPost(post, {
      url: target.ingestUrl,
      key: target.ingestKey,
      patienceMs: target.patienceMs,
    });
    ids.push(...result.ids);
    rejected.push(...result.rejected);
    sent += post.count;
    progress.update(sent);
  }
  progress.end();
  const settled = await untilSettled(account.read, ids, target.patienceMs);
  return { name: file.name, sent, ids, rejected, account: settled };
}

function isAccounted({ sent, ids, rejected, account }: FileResult): boolean {
  return ids.length + rejected.length === sent && isSettled(account, ids.length);
}

const OUTCOME_COLUMNS = ["forwarded", "logged", "unhandled", "shed", "dead"];

function reportLines(results: readonly FileResult[]): string[] {
  const head = [
    "sample file",
    "sent",
    "accepted",
    "rejected",
    ...OUTCOME_COLUMNS,
    "delivered",
    "open",
  ];
  const rows = results.map(({ name, sent, ids, rejected, account }) => [
    name,
    sent,
    ids.length,
    rejected.length,
    ...OUTCOME_COLUMNS.map((outcome) => account.outcomes[outcome] ?? 0),
    account.delivered,
    openOf(ids.length, account),
  ]);
  const totals = head.map((_, column) =>
    column === 0 ? "all" : rows.reduce((sum, row) => sum + Number(row[column]), 0),
  );
  const reasons = new Set(results.flatMap(({ rejected }) => rejected));
  const unaccounted = results.filter((result) => !isAccounted(result)).map(({ name }) => name);
  return [
    "",
    ...formatTable(head, [...rows, totals]),
    "",
    ...formatTable(["handling of matched events", "events"], handlingRows(results)),
    "",
    ...[...reasons].map((reason) => `rejected: ${reason}`),
    unaccounted.length === 0
      ? "every sample event has an outcome"
      : `not every event is accounted for: ${unaccounted.join(", ")}`,
  ];
}

/** Events without an end so far: not decided yet, or forwarded and not delivered. */
function openOf(accepted: number, account: Account): number {
  const undecided = Math.max(0, accepted - settledOf(account));
  return undecided + Math.max(0, (account.outcomes.forwarded ?? 0) - account.delivered);
}

function handlingRows(results: readonly FileResult[]): (string | number)[][] {
  const sums: Record<string, number> = {};
  for (const { account } of results) {
    for (const [handling, count] of Object.entries(account.handling)) {
      sums[handling] = (sums[handling] ?? 0) + count;
    }
  }
  return Object.entries(sums);
}
