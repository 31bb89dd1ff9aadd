import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Ledger } from "./ledger.ts";
import { type ModeSwitch, ReceiverMode } from "./modes.ts";
import { readBody } from "./read-body.ts";
import type { Reply } from "./send-json.ts";
import type { StatsCounter } from "./stats.ts";

/** The parts the control routes read and change. */
type ControlParts = { ledger: Ledger; stats: StatsCounter; modes: ModeSwitch };

type Route = (request: IncomingMessage, url: URL, parts: ControlParts) => Reply | Promise<Reply>;

const ok = (body: unknown): Reply => ({ status: 200, body });
const badRequest = (detail: string): Reply => ({ status: 400, body: { status: 400, detail } });

const routes: Record<string, Route> = {
  "GET /healthz": () => ok({ status: "ok" }),
  "GET /readyz": () => ok({ status: "ok" }),
  "GET /stats": (_request, _url, { stats }) => ok(stats.read()),
  "GET /mode": (_request, _url, { modes }) => ok(modes.current()),
  "POST /mode": setMode,
  "GET /alerts": (_request, url, { ledger }) => listAlerts(url, ledger),
  "DELETE /alerts": (_request, _url, { ledger, stats }) => {
    ledger.clear();
    stats.clear();
    return ok({ status: "reset" });
  },
};

/** The route for a request that is not a delivery; undefined when it is one. */
export function findControlRoute(method: string, path: string): Route | undefined {
  const route = routes[`${method} ${path}`];
  if (route || method === "POST") return route;
  return () => ({
    status: 404,
    body: {
      status: 404,
      detail: `no ${method} ${path} here: POST alerts to any path; ${Object.keys(routes).join(", ")}`,
    },
  });
}

async function setMode(
  request: IncomingMessage,
  _url: URL,
  { modes }: ControlParts,
): Promise<Reply> {
  const parsed = ReceiverMode.safeParse(parseJson((await readBody(request)) ?? ""));
  if (!parsed.success) return badRequest(z.prettifyError(parsed.error));
  modes.set(parsed.data);
  return ok(modes.current());
}

const AlertsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(20_000).default(100),
  /** Epoch milliseconds, or a date that JavaScript can parse. */
  since: z
    .string()
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
    .refine(Number.isFinite, "expected epoch milliseconds or an RFC 3339 time")
    .optional(),
  refused: z.stringbool().default(false),
});

function listAlerts(url: URL, ledger: Ledger): Reply {
  const parsed = AlertsQuery.safeParse(Object.fromEntries(url.searchParams));
  if (!parsed.success) return badRequest(z.prettifyError(parsed.error));
  const { since, ...rest } = parsed.data;
  const ids = url.searchParams.getAll("external_id");
  const items = ledger.list({
    ...rest,
    ...(since !== undefined && { since }),
    ...(ids.length > 0 && { ids }),
  });
  return ok({ items });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema's answer to nothing says what is expected.
    return undefined;
  }
}
