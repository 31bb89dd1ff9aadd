import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

/** The alert by which a stack shows that it works; it is harmless, and no fault is behind it. */
export const SELF_TEST = {
  hostname: "mutt-selftest.example.net",
  message: "MUTT self-test: an alert of no importance, sent to see that it arrives",
  syslog_severity: "Informational",
} as const;

/** How the self-test went. */
export type SelfTest =
  | { arrived: true; id: string; latencyMs: number }
  | { arrived: false; id: string; waitedMs: number };

const Accepted = z.object({ id: z.string() });
const Found = z.object({ items: z.array(z.object({ first_at: z.string() })) });

/**
 * Sends one alert through the ingest API and waits until the receiver has it. The latency runs from the
 * moment before the request to the moment the receiver took the alert, by the clock of this machine.
 * Throws when the alert is refused.
 */
export async function runSelfTest(options: {
  ingestUrl: string;
  ingestKey: string;
  receiverUrl: string;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<SelfTest> {
  const sentAt = Date.now();
  const { id } = await send(options);
  const lookUp = `${options.receiverUrl}/alerts?external_id=${encodeURIComponent(id)}`;
  while (Date.now() - sentAt < options.timeoutMs) {
    const response = await fetch(lookUp, { signal: AbortSignal.timeout(5_000) });
    const [found] = Found.parse(await response.json()).items;
    if (found) return { arrived: true, id, latencyMs: Date.parse(found.first_at) - sentAt };
    await sleep(10, undefined, { signal: options.signal });
  }
  return { arrived: false, id, waitedMs: options.timeoutMs };
}

async function send(options: { ingestUrl: string; ingestKey: string }): Promise<{ id: string }> {
  const response = await fetch(options.ingestUrl, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": options.ingestKey },
    body: JSON.stringify(SELF_TEST),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.status !== 202) {
    throw new Error(`the ingestor answered the test alert with ${response.status}: ${text}`);
  }
  return Accepted.parse(JSON.parse(text));
}
