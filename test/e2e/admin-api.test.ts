// The admin API as its clients see it: every route, role and kind of error.
import { type Pipeline, startPipeline, TEST_KEYS } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkedClient, expectProblem } from "./admin-checked.ts";
import { call, type Role } from "./admin-client.ts";
import { readRouteTable } from "./admin-routes.ts";
import { rule } from "./support.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ testName: "admin api", apps: ["admin"] });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const { checked, get, post, lastAudit } = checkedClient(() => pipeline);
const ROUTES = readRouteTable();

/** What the API promises its users; the table of the app has to hold exactly this. */
const PROMISED = [
  "GET /api/v1/session viewer",
  "DELETE /api/v1/session viewer",
  "GET /api/v1/queues viewer",
  "POST /api/v1/breaker/reset operator",
  "GET /api/v1/ledger viewer",
  "GET /api/v1/alerts/:id viewer",
  "GET /api/v1/slo viewer",
  "GET /api/v1/history viewer",
  "GET /api/v1/dlq viewer",
  "GET /api/v1/dlq/groups viewer",
  "GET /api/v1/dlq/:id viewer",
  "POST /api/v1/dlq/groups/:fingerprint/quarantine operator",
  "POST /api/v1/dlq/groups/:fingerprint/release operator",
  "POST /api/v1/redrives/plan operator",
  "POST /api/v1/redrives operator",
  "GET /api/v1/redrives viewer",
  "GET /api/v1/redrives/:id viewer",
  "POST /api/v1/redrives/:id/pause operator",
  "POST /api/v1/redrives/:id/resume operator",
  "POST /api/v1/redrives/:id/cancel operator",
  "POST /api/v1/rules/test viewer",
  "POST /api/v1/rules/import admin",
  "GET /api/v1/rules/export viewer",
  "GET /api/v1/rules viewer",
  "POST /api/v1/rules admin",
  "GET /api/v1/rules/:id viewer",
  "PUT /api/v1/rules/:id admin",
  "DELETE /api/v1/rules/:id admin",
  "GET /api/v1/dev-hosts viewer",
  "POST /api/v1/dev-hosts admin",
  "DELETE /api/v1/dev-hosts/:hostname admin",
  "GET /api/v1/teams viewer",
  "POST /api/v1/teams admin",
  "GET /api/v1/teams/:hostname viewer",
  "PUT /api/v1/teams/:hostname admin",
  "DELETE /api/v1/teams/:hostname admin",
  "GET /api/v1/config viewer",
  "GET /api/v1/config/history viewer",
  "GET /api/v1/config/:key viewer",
  "PUT /api/v1/config/:key admin",
  "DELETE /api/v1/config/:key admin",
  "GET /api/v1/audit viewer",
  "GET /api/v1/audit/export viewer",
  "GET /api/v1/openapi.json open",
];

const FINGERPRINT = "0123456789abcdef";
const LINK = { ...rule({ name: "link", match_string: "link" }), reason: "first" };

describe("the table of routes", () => {
  test("is what is promised, each with its role", () => {
    const held = ROUTES.map(({ method, path, role }) => `${method.toUpperCase()} ${path} ${role}`);
    expect(held.toSorted()).toEqual(PROMISED.toSorted());
  });

  test("is what openapi.json describes, to everybody", async () => {
    const { status, body } = await get("/api/v1/openapi.json", { role: null });
    expect([status, body.openapi]).toEqual([200, "3.1.0"]);
    const paths = body.paths as Record<string, Record<string, Record<string, unknown>>>;
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => {
        const role = operation["x-role"] ?? "open";
        return `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")} ${role}`;
      }),
    );
    expect(described.toSorted()).toEqual(PROMISED.toSorted());
    const ids = Object.values(paths).flatMap((operations) =>
      Object.values(operations).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(JSON.stringify(body)).not.toMatch(/\$ref":"#\/(?!components\/schemas\/Problem")/);
  });

  const VISITORS: [string, Record<string, string>, Role | null][] = [
    ["nobody", {}, null],
    ["a wrong key", { "x-api-key": "wrong-key-0123456789abcdef" }, null],
    ["the ingest key", { authorization: `Bearer ${TEST_KEYS.ingest}` }, null],
    ["a viewer", {}, "viewer"],
    ["an operator", {}, "operator"],
    ["an admin", {}, "admin"],
  ];
  const RANK = { open: 0, viewer: 1, operator: 2, admin: 3 };

  test.each(VISITORS)(
    "lets %s do what the role covers, and nothing else",
    async (_, headers, role) => {
      for (const { method, path, role: needed } of ROUTES) {
        const given = role === null ? 0 : RANK[role];
        const target = path.replace(":id", "1").replace(/:\w+/, "none");
        const answer = await call(pipeline, method.toUpperCase(), target, { role, headers });
        const expected =
          RANK[needed] === 0 || given >= RANK[needed] ? "let in" : role === null ? 401 : 403;
        const found = [401, 403].includes(answer.status) ? answer.status : "let in";
        expect(found, `${method} ${path}`).toBe(expected);
        expect(answer.status, `${method} ${path}`).toBeLessThan(500);
        expect(answer.status, `${method} ${path}`).not.toBe(405);
      }
    },
  );

  test("names the allowed methods of a path that exists, and knows no other", async () => {
    const wrong = await call(pipeline, "PATCH", "/api/v1/rules/1");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "DELETE, GET, HEAD, PUT"]);
    expectProblem(wrong);
    for (const path of ["/api/v1", "/api/v1/nothing", "/api/v1/rules/1/2", "/api/v2/rules"]) {
      const missing = await call(pipeline, "GET", path);
      expect(missing.status, path).toBe(404);
      expectProblem(missing);
    }
  });

  test("holds no route that changes the audit log", async () => {
    await post("/api/v1/dev-hosts", { hostname: "kept" });
    const entry = await lastAudit();
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      for (const path of ["/api/v1/audit", `/api/v1/audit/${entry?.id}`, "/api/v1/audit/export"]) {
        const { status } = await call(pipeline, method, path, { body: {} });
        expect([404, 405], `${method} ${path}`).toContain(status);
      }
    }
    expect(await lastAudit()).toEqual(entry);
  });
});

describe("a body", () => {
  const send = (body: string, headers: Record<string, string>) =>
    checked("POST", "/api/v1/dev-hosts", { body, headers });
  const JSON_TYPE = { "content-type": "application/json" };

  test.each([
    ["of text", "hostname=h", { "content-type": "text/plain" }, 415],
    ["of a form", "hostname=h", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["that is no JSON", "{hostname", JSON_TYPE, 400],
    ["that is a list", "[]", JSON_TYPE, 400],
    ["that is null", "null", JSON_TYPE, 400],
    ["of a megabyte", JSON.stringify({ hostname: "h".repeat(1 << 20) }), JSON_TYPE, 413],
    [
      "nested a hundred thousand levels deep",
      `${"[".repeat(1e5)}${"]".repeat(1e5)}`,
      JSON_TYPE,
      400,
    ],
    ["with a strange encoding", "{}", { ...JSON_TYPE, "content-encoding": "zstd-9" }, 415],
  ])("%s is refused as a problem", async (_, body, headers, status) => {
    expect((await send(body, headers)).status).toBe(status);
  });

  test.each([
    ["POST", "/api/v1/dev-hosts", {}, "hostname", /missing/],
    ["POST", "/api/v1/dev-hosts", { hostname: 7 }, "hostname", /string/],
    ["POST", "/api/v1/dev-hosts", { hostname: "h", host: "h" }, "host", /not known/],
    ["POST", "/api/v1/dev-hosts", { hostname: "h", reason: 7 }, "reason", /text/],
    ["POST", "/api/v1/dev-hosts", { hostname: "h", reason: "r".repeat(501) }, "reason", /500/],
    ["POST", "/api/v1/teams", { hostname: "h", team: "" }, "team", /1/],
    ["POST", "/api/v1/rules", { ...LINK, syslog_severity: 9 }, "syslog_severity", /0 to 7/],
    ["POST", "/api/v1/rules", { ...LINK, colour: "red" }, "colour", /not a field/],
    [
      "POST",
      "/api/v1/rules",
      { ...LINK, match_type: "regex", match_string: "(" },
      "match_string",
      /./,
    ],
    ["POST", "/api/v1/rules/test", { hostname: "h" }, "message", /missing/],
    ["PUT", "/api/v1/config/moog_batch_max", { value: 7 }, "reason", /missing/],
    [
      "PUT",
      "/api/v1/config/moog_batch_max",
      { value: "many", reason: "r" },
      "moog_batch_max",
      /whole number/,
    ],
    [
      "PUT",
      "/api/v1/config/moog_batch_max",
      { value: [7], reason: "r" },
      "value",
      /text, a number or a boolean/,
    ],
    ["PUT", "/api/v1/config/moog_batch_max", { reason: "r" }, "value", /text, a number/],
    ["POST", "/api/v1/breaker/reset", {}, "reason", /missing/],
    ["POST", "/api/v1/breaker/reset", { reason: "  " }, "reason", /missing/],
    ["POST", `/api/v1/dlq/groups/${FINGERPRINT}/quarantine`, {}, "reason", /missing/],
    ["POST", "/api/v1/dlq/groups/none/quarantine", { reason: "r" }, "fingerprint", /16/],
    ["POST", "/api/v1/redrives/plan", {}, "all", /filter/],
    ["POST", "/api/v1/redrives/plan", { filter: { class: "new" } }, "filter.class", /throttled/],
    ["POST", "/api/v1/redrives/plan", { filter: { colour: 1 } }, "filter.colour", /not known/],
    ["POST", "/api/v1/redrives", { planId: "p", maxPerSecond: 1 }, "reason", /missing/],
    ["POST", "/api/v1/redrives", { planId: "p", reason: "r" }, "maxPerSecond", /./],
    [
      "POST",
      "/api/v1/redrives",
      { planId: "p", reason: "r", maxPerSecond: 1e6 },
      "maxPerSecond",
      /1000/,
    ],
    ["GET", "/api/v1/rules?limit=0", undefined, "limit", /1 to 200/],
    ["GET", "/api/v1/rules?limit=201", undefined, "limit", /1 to 200/],
    ["GET", "/api/v1/rules?limit=5&limit=6", undefined, "limit", /1 to 200/],
    ["GET", "/api/v1/rules?cursor=x", undefined, "cursor", /next_cursor/],
    ["GET", "/api/v1/rules?page=2", undefined, "page", /not known/],
    ["GET", "/api/v1/rules/one", undefined, "id", /whole number/],
    ["GET", "/api/v1/dlq?severity=8", undefined, "severity", /7/],
    ["GET", "/api/v1/dlq?cursor=!", undefined, "cursor", /next_cursor/],
    ["GET", "/api/v1/dlq?queue=alert", undefined, "queue", /dlq-dead/],
    ["GET", "/api/v1/audit?from=yesterday", undefined, "from", /moment/],
    ["GET", "/api/v1/audit?cursor=1", undefined, "cursor", /next_cursor/],
    ["GET", "/api/v1/history?minutes=999999", undefined, "minutes", /10080/],
    ["GET", "/api/v1/rules/export?format=xml", undefined, "format", /yaml/],
  ])("%s %s with %o: 400 names the field and the cure", async (method, path, body, field, cure) => {
    const answer = await checked(method, path, body === undefined ? {} : { body });
    expect(answer.status).toBe(400);
    expect(answer.body.field).toBe(field);
    expect(answer.body.detail).toMatch(cure);
  });
});
