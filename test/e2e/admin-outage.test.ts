// The admin app while Redis is away or stands still: an answer in time, and no change that nobody knows of.
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, signIn } from "./admin-client.ts";
import { readRouteTable } from "./admin-routes.ts";
import { timeAwake } from "./support.ts";

/** What the API promises, and a busy machine on top. */
const ANSWERED_MS = 2000;
const SLACK_MS = 1500;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline({ testName: "admin outage", apps: ["admin"] });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const ROUTES = readRouteTable();
const RULE = {
  name: "r",
  match_type: "contains",
  match_string: "x",
  prod_handling: "Page_only",
  dev_handling: "Log_only",
  team_assignment: "t",
};

/** A request that each route would take. */
const BODIES: Record<string, unknown> = {
  "/api/v1/rules": RULE,
  "/api/v1/rules/:id": RULE,
  "/api/v1/rules/import": { rules: [RULE] },
  "/api/v1/rules/test": { hostname: "h", message: "x" },
  "/api/v1/dev-hosts": { hostname: "h" },
  "/api/v1/teams": { hostname: "h", team: "t" },
  "/api/v1/teams/:hostname": { team: "t" },
  "/api/v1/config/:key": { value: 7, reason: "r" },
  "/api/v1/redrives/plan": { filter: { class: "throttled" } },
  "/api/v1/redrives": { planId: "p", maxPerSecond: 1, reason: "r" },
};

async function askAll(): Promise<void> {
  for (const { method, path, worksWithoutRedis } of ROUTES) {
    const target = path
      .replace(":id", "1")
      .replace(":key", "moog_batch_max")
      .replace(/:\w+/, "0123456789abcdef");
    const awake = timeAwake();
    const body = method === "get" ? undefined : (BODIES[path] ?? { reason: "r" });
    const answer = await call(pipeline, method.toUpperCase(), target, { body });
    const tookMs = awake();
    expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(worksWithoutRedis ? 200 : 503);
    if (!worksWithoutRedis) {
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.headers.get("retry-after")).toBe("1");
    }
    expect(tookMs, `${method} ${path}`).toBeLessThan(ANSWERED_MS + SLACK_MS);
  }
}

async function askDoor(cookie: string): Promise<void> {
  const key = { role: null, body: { key: "wrong-key-0123456789abcdef" } };
  expect((await call(pipeline, "POST", "/login", key)).status).toBe(503);
  const session = { role: null, headers: { cookie } };
  expect((await call(pipeline, "GET", "/api/v1/queues", session)).status).toBe(503);
  expect((await call(pipeline, "GET", "/queues/api/queues")).status).toBe(503);
  expect((await call(pipeline, "PUT", "/queues/api/queues/dlq-dead/empty")).status).toBe(503);
  expect((await call(pipeline, "GET", "/", { role: null })).status).toBe(200);
  expect((await call(pipeline, "GET", "/healthz")).status).toBe(200);
  expect((await call(pipeline, "GET", "/readyz")).status).toBe(503);
}

async function untilBack(): Promise<void> {
  await waitFor(async () => (await call(pipeline, "GET", "/api/v1/queues")).status === 200, {
    what: "the API answers again",
    timeoutMs: 20_000,
  });
}

test("a Redis that was killed is a 503 at once on every route that needs it, and all is well after it", async () => {
  const { cookie } = await signIn(pipeline, "admin");
  await pipeline.redis.kill9();
  try {
    await askAll();
    await askDoor(cookie);
  } finally {
    await pipeline.redis.start();
  }
  await untilBack();
  const session = await call(pipeline, "GET", "/api/v1/session", {
    role: null,
    headers: { cookie },
  });
  expect(session.status).toBe(200);
});

test("a Redis that stands still is a 503 within two seconds", async () => {
  const { cookie } = await signIn(pipeline, "admin");
  pipeline.redis.freeze();
  try {
    await askAll();
    await askDoor(cookie);
  } finally {
    pipeline.redis.thaw();
  }
  await untilBack();
});

test("a full Redis takes no change, says so, and is still read", async () => {
  const redis = pipeline.redis.client();
  await redis.config("SET", "maxmemory", "1");
  try {
    for (const [method, path, body] of [
      ["POST", "/api/v1/rules", RULE],
      ["POST", "/api/v1/dev-hosts", { hostname: "h" }],
      ["PUT", "/api/v1/config/moog_batch_max", { value: 7, reason: "r" }],
      ["POST", "/api/v1/breaker/reset", { reason: "r" }],
      ["POST", "/api/v1/dlq/groups/0123456789abcdef/quarantine", { reason: "r" }],
    ] as const) {
      expect((await call(pipeline, method, path, { body })).status, path).toBe(503);
    }
    for (const path of [
      "/api/v1/rules",
      "/api/v1/queues",
      "/api/v1/audit",
      "/api/v1/config",
      "/api/v1/dlq",
    ]) {
      expect((await call(pipeline, "GET", path)).status, path).toBe(200);
    }
  } finally {
    await redis.config("SET", "maxmemory", "0");
  }
  expect((await call(pipeline, "GET", "/api/v1/rules")).body.items).toEqual([]);
});
