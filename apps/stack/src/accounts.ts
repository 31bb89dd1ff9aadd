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

/** Where the counts come from. */
export type AccountSources = { alerterUrl: string; forwarderUrl: string; receiverUrl?: string };

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
  const start = await readCounters(sources);
  return {
    async read(ids) {
      const now = await readCounters(sources);
      const delivered = increases(start.delivered, now.delivered).delivered ?? 0;
      return {
        outcomes: increases(start.outcomes, now.outcomes),
        handling: increases(start.handling, now.handling),
        delivered: sources.receiverUrl
          ? await countDelivered(sources.receiverUrl, ids)
          : Math.min(delivered, ids.length),
      };
    },
  };
}

/**
 * Reads an account until every one of the ids has come to an end and what was forwarded is delivered,
 * or until nothing has moved for `patienceMs`. Gives the last reading.
 */
export async function untilSettled(
  read: (ids: readonly string[]) => Promise<Account>,
  ids: readonly string[],
  patienceMs: number,
): Promise<Account> {
  let movedAt = Date.now();
  let account = await read(ids);
  while (!isSettled(account, ids.length) && Date.now() - movedAt < patienceMs) {
    await sleep(100);
    const next = await read(ids);
    if (JSON.stringify(next) !== JSON.stringify(account)) movedAt = Date.now();
    account = next;
  }
  return account;
}

/** Whether nothing is left under way. */
export function isSettled(account: Account, accepted: number): boolean {
  const forwarded = Math.min(account.outcomes.forwarded ?? 0, accepted);
  return settledOf(account) >= accepted && account.delivered >= forwarded;
}

async function readCounters({ alerterUrl, forwarderUrl }: AccountSources) {
  const alerter = parseSamples(await readText(`${alerterUrl}/metrics`));
  const forwarder = parseSamples(await readText(`${forwarderUrl}/metrics`));
  return {
    outcomes: sumBy(alerter, "mutt_alerter_events_total", "outcome"),
    handling: sumBy(alerter, "mutt_alerter_handling_total", "handling"),
    delivered: sumBy(forwarder, "mutt_forward_alerts_total", "outcome"),
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
