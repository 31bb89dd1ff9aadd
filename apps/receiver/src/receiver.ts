import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { findControlRoute } from "./control.ts";
import { createLedger, type ReceivedAlert } from "./ledger.ts";
import { createModeSwitch, ReceiverMode, type ReceiverModeInput } from "./modes.ts";
import { sendJson } from "./send-json.ts";
import { createStatsCounter, type ReceiverStats } from "./stats.ts";
import { takeWebhook } from "./webhook.ts";

/** Where the receiver listens and what key it asks for. */
export type ReceiverOptions = {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 or nothing: a free one. */
  port?: number;
  /** Without one every delivery is let in. */
  apiKey?: string;
};

/** A running receiver; the methods do what its control routes do. */
export type Receiver = AsyncDisposable & {
  /** Base URL; deliveries may go to any path under it. */
  url: string;
  port: number;
  setMode(mode: ReceiverModeInput): void;
  /** Alerts with one of these ids, or the newest; delivered ones only, unless `refused`. */
  alerts(query?: { ids?: string[]; limit?: number; refused?: boolean }): ReceivedAlert[];
  stats(): ReceiverStats;
  reset(): void;
  /** Drops every connection, hung ones included, and ends. */
  stop(): Promise<void>;
};

/**
 * Starts the stand-in for the incident platform: it takes deliveries as the real one does, remembers
 * them, and misbehaves on command. Throws when the port cannot be listened on.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { host = "127.0.0.1", port = 0, apiKey } = options;
  const parts = {
    ledger: createLedger(),
    stats: createStatsCounter(),
    modes: createModeSwitch(),
    ...(apiKey !== undefined && { apiKey }),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://receiver");
    const route = findControlRoute(request.method ?? "GET", url.pathname);
    if (!route) return takeWebhook(request, response, parts);
    sendJson(response, await route(request, url, parts));
  };
  const server = createServer((request, response) => {
    // A sender that hangs up in the middle of its body is no concern of the others.
    answer(request, response).catch(() => response.destroy());
  });
  // A sender must not meet the end of an idle connection just as it uses it again.
  server.keepAliveTimeout = 75_000;

  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen({ host, port }, listening);
  });
  const address = server.address();
  const boundPort = typeof address === "object" && address ? address.port : port;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    setMode: (mode) => parts.modes.set(ReceiverMode.parse(mode)),
    alerts: ({ ids, limit = 20_000, refused = false } = {}) =>
      parts.ledger.list({ limit, refused, ...(ids && { ids }) }),
    stats: () => parts.stats.read(),
    reset: () => {
      parts.ledger.clear();
      parts.stats.clear();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
