import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, decideAnswer } from "./decide-answer.ts";
import type { Alert, Ledger } from "./ledger.ts";
import type { ModeSwitch } from "./modes.ts";
import { readBody } from "./read-body.ts";
import { type Reply, sendJson } from "./send-json.ts";
import type { StatsCounter } from "./stats.ts";

/** The parts a webhook request works on. */
export type WebhookParts = {
  ledger: Ledger;
  stats: StatsCounter;
  modes: ModeSwitch;
  apiKey?: string;
};

/** Takes one delivery: checks the key, reads the alerts, and answers as the mode in force says. */
export async function takeWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  parts: WebhookParts,
): Promise<void> {
  const { ledger, stats, modes } = parts;
  const isProbe = (request.url ?? "").split("?")[0]?.endsWith("/health") ?? false;
  if (isProbe) stats.healthProbe();
  else stats.request(Date.now());

  const text = await readBody(request);
  const alerts = refuseKey(request, parts.apiKey) ?? (isProbe ? [] : readAlerts(text));
  if (!Array.isArray(alerts)) {
    if (!isProbe) stats.answered(alerts.status);
    return sendJson(response, alerts);
  }

  const known = alerts.map((alert) => ({ alert, id: ledger.idOf(alert) }));
  for (const { id } of known) ledger.attempt(id);
  const store = (): void => {
    const bytes = Math.ceil((text?.length ?? 0) / Math.max(1, known.length));
    for (const { alert, id } of known) {
      const now = Date.now();
      stats.alert(alert, { isFirst: ledger.deliver(id, alert, { bytes, now }), now });
    }
  };
  // A probe sees the mode, but only deliveries count for `every` and `for_requests`.
  const asked = isProbe ? { mode: modes.current(), nth: 1 } : modes.next();
  const answer = decideAnswer(asked.mode, { nth: asked.nth, alerts, now: new Date() });
  await carryOut(answer, response, {
    store,
    count: (status) => (isProbe ? undefined : stats.answered(status)),
  });
}

async function carryOut(
  answer: Answer,
  response: ServerResponse,
  effects: { store: () => void; count: (status: number | "none") => void },
): Promise<void> {
  if (answer.kind !== "reply") {
    effects.count("none");
    // Hanging means: never answer. The sender's own timeout ends it, or the receiver's stop.
    if (answer.kind === "close") response.destroy();
    return;
  }
  if (answer.store === "before") effects.store();
  if (answer.delayMs) await sleep(answer.delayMs, undefined, { ref: false });
  // Only `late` counts what the sender no longer waits for.
  const isGone = response.destroyed;
  if (answer.store === "with" && !isGone) effects.store();
  effects.count(isGone ? "none" : answer.status);
  if (isGone) return;
  response
    .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
    .end(answer.body);
}

function refuseKey(request: IncomingMessage, apiKey: string | undefined): Reply | undefined {
  if (apiKey === undefined || request.headers.authorization === `Bearer ${apiKey}`) {
    return undefined;
  }
  return refusal(401, "Authorization: Bearer <key> is missing or wrong");
}

function readAlerts(text: string | undefined): Alert[] | Reply {
  if (text === undefined) return refusal(413, "the body is larger than 5 MiB");
  try {
    const parsed: unknown = JSON.parse(text);
    const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    if (list.every(isAlert)) return list;
  } catch {
    // Not JSON: the answer below says what is expected.
  }
  return refusal(400, "expected a JSON array of alert objects");
}

function refusal(status: number, detail: string): Reply {
  return { status, body: { status, detail } };
}

function isAlert(value: unknown): value is Alert {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
