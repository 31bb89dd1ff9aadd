import type { Alert } from "./ledger.ts";
import type { ReceiverMode } from "./modes.ts";

/** What the receiver does with one webhook request. */
export type Answer =
  | { kind: "hang" }
  | { kind: "close" }
  | {
      kind: "reply";
      status: number;
      headers?: Record<string, string>;
      body: string;
      /** Milliseconds before the reply. */
      delayMs?: number;
      /** Whether the alerts count as delivered: `before` the delay, `with` the reply, or not. */
      store: "before" | "with" | "never";
    };

/** From the mode in force, the number of the request in it and its alerts to what is done. */
export function decideAnswer(
  mode: ReceiverMode,
  request: { nth: number; alerts: readonly Alert[]; now: Date },
): Answer {
  switch (mode.mode) {
    case "ok":
      return accept(request.alerts);
    case "slow":
      return { ...accept(request.alerts), delayMs: mode.delay_ms };
    case "late":
      return { ...accept(request.alerts), delayMs: mode.delay_ms, store: "before" };
    case "hang":
    case "close":
      return { kind: mode.mode };
    case "throttle":
      return refuse(mode.status, "too many requests", retryAfter(mode, request.now));
    case "error":
      return refuse(mode.status, "told to fail");
    case "unauthorized":
      return refuse(401, "told to refuse the key");
    case "every":
      return request.nth % mode.n === 0
        ? refuse(mode.status, `told to fail every request number ${mode.n}`)
        : accept(request.alerts);
    case "html":
      return {
        ...refuse(502, ""),
        headers: { "content-type": "text/html" },
        body: "<html><body><h1>502 Bad Gateway</h1></body></html>",
      };
    case "redirect":
      return refuse(302, "moved", { location: mode.location });
    case "reject":
      return request.alerts.some((alert) => isAbout(alert, mode.text))
        ? refuse(mode.status, `an alert contains ${JSON.stringify(mode.text)}`)
        : accept(request.alerts);
    default: {
      const unreachable: never = mode;
      return unreachable;
    }
  }
}

type Reply = Extract<Answer, { kind: "reply" }>;

function accept(alerts: readonly Alert[]): Reply {
  return {
    kind: "reply",
    status: 200,
    body: JSON.stringify({ accepted: alerts.length }),
    store: "with",
  };
}

function refuse(status: number, detail: string, headers?: Record<string, string>): Reply {
  return {
    kind: "reply",
    status,
    body: JSON.stringify({ status, detail }),
    store: "never",
    ...(headers && { headers }),
  };
}

function retryAfter(
  mode: Extract<ReceiverMode, { mode: "throttle" }>,
  now: Date,
): Record<string, string> {
  switch (mode.retry_after_as) {
    case "none":
      return {};
    case "seconds":
      return { "retry-after": String(mode.retry_after) };
    case "date":
      return { "retry-after": new Date(now.getTime() + mode.retry_after * 1000).toUTCString() };
  }
}

function isAbout(alert: Alert, text: string): boolean {
  return typeof alert.description === "string" && alert.description.includes(text);
}
