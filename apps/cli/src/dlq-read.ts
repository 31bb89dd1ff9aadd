import { createDeadLetterReader, listDeadLetters } from "@mutt/queues";
import { listGroups, readQuarantined } from "@mutt/redrive";
import { eventOf, matchesFilter } from "@mutt/replay";
import type { Redis } from "ioredis";
import { type CommandLine, operand } from "./command-line.ts";
import { readFilter } from "./dlq-filter.ts";
import { formatTable } from "./format-table.ts";

/** Where the dead letters are. */
export interface DlqDeps {
  redis: Redis;
  prefix: string;
  print(text: string): void;
}

const DEFAULT_LIMIT = 50;

/** Characters of an error in a table; `dlq show` has it as a whole. */
const ERROR_WIDTH = 60;

/** Lists dead letters that a filter means, those that failed last first. */
export async function listEntries(deps: DlqDeps, line: CommandLine): Promise<void> {
  const filter = readFilter(line);
  const reader = createDeadLetterReader(deps.redis, deps.prefix);
  const nowMs = Date.now();
  const limit = line.limit ?? DEFAULT_LIMIT;
  const items = [];
  let cursor: string | undefined;
  do {
    const part = await listDeadLetters(reader, (item) => matchesFilter(item, filter, nowMs), {
      limit: limit - items.length,
      cursor,
      queue: filter.queue,
    });
    items.push(...part.items);
    cursor = part.next;
  } while (cursor !== undefined && items.length < limit);
  if (line.json) return deps.print(asJson(items.map(flat)));
  if (items.length === 0) return deps.print("no dead letter matches");
  const rows = items.map(({ id, queue, state, entry }) => {
    const { hostname, severity } = eventOf(entry);
    const { class: kind, reason, replays, error, last_failed_at: at } = entry;
    const where = state === "failed" ? queue : `${queue} (${state})`;
    return [where, id, kind, reason, severity, replays, at, hostname, clip(error)];
  });
  const head = ["QUEUE", "ID", "CLASS", "REASON", "SEV", "REPLAYS", "FAILED", "HOST", "ERROR"];
  deps.print(formatTable(head, rows));
  if (cursor !== undefined) deps.print(`there are more: --limit N shows more than ${limit}`);
}

/** Shows one dead letter with its whole history. */
export async function showEntry(deps: DlqDeps, line: CommandLine): Promise<void> {
  const id = operand(line, 0, "ID");
  const item = await createDeadLetterReader(deps.redis, deps.prefix).find(id);
  if (item === undefined) throw new Error(`no dead letter has the id ${id}: "dlq ls" lists them`);
  deps.print(asJson(flat(item)));
}

/** Shows dead letters by kind of failure, the largest kind first. */
export async function showGroups(deps: DlqDeps, line: CommandLine): Promise<void> {
  const entries = createDeadLetterReader(deps.redis, deps.prefix);
  const { groups, others } = await listGroups({ ...deps, entries });
  const quarantined = await readQuarantined(deps);
  if (line.json) return deps.print(asJson(groups));
  if (groups.length === 0) deps.print("there are no dead letters");
  else {
    const rows = groups.map((group) => [
      group.fingerprint,
      group.count,
      group.class,
      group.oldest_at,
      group.newest_at,
      group.hosts.map(({ host, count }) => `${host} (${count})`).join(", "),
      group.quarantined ? "quarantined" : "",
      clip(group.error),
    ]);
    const head = ["GROUP", "COUNT", "CLASS", "FIRST", "LAST", "HOSTS", "", "ERROR"];
    deps.print(formatTable(head, rows));
  }
  if (others > 0) deps.print(`and ${others} of further kinds`);
  for (const { fingerprint, actor, at, reason } of quarantined.values()) {
    deps.print(`${fingerprint} is quarantined by ${actor} since ${at}: ${reason}`);
  }
}

function clip(error: string): string {
  const line = error.replaceAll(/\s+/g, " ");
  return line.length <= ERROR_WIDTH ? line : `${line.slice(0, ERROR_WIDTH)}…`;
}

/** As the API shows an entry: its place beside what it holds. */
function flat<Entry extends object>({
  id,
  queue,
  state,
  entry,
}: {
  id: string;
  queue: string;
  state: string;
  entry: Entry;
}) {
  return { id, queue, state, ...entry };
}

function asJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
