import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { increases, parseSamples, sumBy } from "./metrics-text.ts";

/** Counts since the start of an account. */
export type Account = {
  /** Events by what the alerter made of them. */
  outcomes: Record<string, number>;
  /** Events that a rule matched, by handling. */
  handling: Record<string, number>;
  /** How many of the given ids have reached the destination. */
  delivered: number;
};

/** Where the counts come from: every process of the alerter and the forwarder, and the local receiver. */
export type AccountSources = {
  alerterUrls: readonly string[];
  forwarderUrls: readonly string[];
  receiverUrl?: string;
};

/** Outcomes after which the alerter is done with an event; a deferred one comes again. */
const FINAL_OUTCOMES = ["forwarded", "logged", "unhandled", "shed", "dead"];

/** How many events have come to an end in the alerter. */
export function settledOf(account: Account): number {
  return FINAL_OUTCOMES.reduce((sum, outcome) => sum + (account.outcomes[outcome] ?? 0), 0);
}

/** Opens an account: its `read` counts from this moment on, and `delivered` the given ids. */
export async function openAccount(
  sources: AccountSources,
): Promise<{ read(ids: readonly string[]): Promise<Account> }> {
  const { alerterUrls, forwarderUrls, receiverUrl } = sources;
  const outcomes = await openCounter(alerterUrls, "mutt_alerter_events_total", "outcome");
  const handling = await openCounter(alerterUrls, "mutt_alerter_handling_total", "handling");
  const forwarded = await openCounter(forwarderUrls, "mutt_forward_alerts_total", "outcome");
  return {
    read: async (ids) => ({
      outcomes: await outcomes(),
      handling: await handling(),
      delivered: receiverUrl
        ? await countDelivered(receiverUrl, ids)
        : Math.min((await forwarded()).delivered ?? 0, ids.length),
    }),
  };
}

/**
 * Reads an account until every one of the ids has come to an end and what was forwarded is delivered,
 * or until nothing has moved for `patienceMs`. Gives the last reading; throws when there was none.
 */
export async function untilSettled(
  read: (ids: readonly string[]) => Promise<Account>,
  ids: readonly string[],
  patienceMs: number,
): Promise<Account> {
  let movedAt = Date.now();
  let account: Account | undefined;
  let problem: unknown;
  do {
    try {
      const next = await read(ids);
      if (JSON.stringify(next) !== JSON.stringify(account)) movedAt = Date.now();
      account = next;
      if (isSettled(account, ids.length)) return account;
    } catch (error) {
      // A process may be on its way up again.
      problem = error;
    }
    await sleep(100);
  } while (Date.now() - movedAt < patienceMs);
  if (!account) throw problem;
  return account;
}

/** Whether nothing is left under way. */
export function isSettled(account: Account, accepted: number): boolean {
  const forwarded = Math.min(account.outcomes.forwarded ?? 0, accepted);
  return settledOf(account) >= accepted && account.delivered >= forwarded;
}

/** Reads what is added to a metric from now on, summed over the processes, by one of its labels. */
async function openCounter(
  urls: readonly string[],
  metric: string,
  label: string,
): Promise<() => Promise<Record<string, number>>> {
  const readOne = async (url: string): Promise<Record<string, number>> =>
    sumBy(parseSamples(await readText(`${url}/metrics`)), metric, label);
  const start = await Promise.all(urls.map(readOne));
  return async () => {
    const sums: Record<string, number> = {};
    for (const [index, url] of urls.entries()) {
      const added = increases(start[index] ?? {}, await readOne(url));
      for (const [key, value] of Object.entries(added)) sums[key] = (sums[key] ?? 0) + value;
    }
    return sums;
  };
}

const Found = z.object({ items: z.array(z.unknown()) });

/** Keeps the query well within what servers take as a request line. */
const IDS_PER_QUERY = 100;

async function countDelivered(receiverUrl: string, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (let at = 0; at < ids.length; at += IDS_PER_QUERY) {
    const query = new URLSearchParams({ limit: String(IDS_PER_QUERY) });
    for (const id of ids.slice(at, at + IDS_PER_QUERY)) query.append("external_id", id);
    const text = await readText(`${receiverUrl}/alerts?${query}`);
    count += Found.parse(JSON.parse(text)).items.length;
  }
  return count;
}

async function readText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.text();
}
