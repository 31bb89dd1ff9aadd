// The admin API as its clients use it: every route, role and kind of error.
import { type Pipeline, startPipeline, TEST_KEYS } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type CallOptions, call, itemsOf, type Role } from "./admin-client.ts";
import { readRouteTable } from "./admin-routes.ts";
import { rule } from "./support.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ testName: "admin api", apps: ["admin"] });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

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

const get = (path: string, options: CallOptions = {}) => checked("GET", path, options);
const post = (path: string, body?: unknown, options: CallOptions = {}) =>
  checked("POST", path, { body: body ?? {}, ...options });
const put = (path: string, body: unknown, options: CallOptions = {}) =>
  checked("PUT", path, { body, ...options });
const remove = (path: string, options: CallOptions = {}) => checked("DELETE", path, options);

/** Calls, and looks whether the answer is one that the table describes. */
async function checked(method: string, path: string, options: CallOptions): Promise<Answer> {
  const answer = await call(pipeline, method, path, options);
  if (answer.status >= 400) expectProblem(answer);
  const route = ROUTES.find(
    (each) => each.method.toUpperCase() === method && each.pattern.test(path.split("?")[0] ?? ""),
  );
  const described = route?.answers.find(({ status }) => status === answer.status);
  if (answer.status < 400) expect(described, `${method} ${path} ${answer.status}`).toBeDefined();
  const schema = answer.status < 400 ? described?.schema : undefined;
  if (schema) expect(schema.safeParse(answer.body).error, `${method} ${path}`).toBeUndefined();
  return answer;
}

function expectProblem({ status, headers, body }: Answer): void {
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(body).toMatchObject({ type: "about:blank", title: expect.any(String), status });
  expect(body.detail).toEqual(expect.stringMatching(/.{10}/));
}

async function lastAudit(): Promise<Record<string, unknown> | undefined> {
  return itemsOf(await get("/api/v1/audit?limit=1"))[0];
}

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

describe("rules", () => {
  test("are made, read, changed and deleted, each change with its entry", async () => {
    const made = await post("/api/v1/rules", LINK);
    expect(made.status).toBe(201);
    const { id } = made.body;
    const path = `/api/v1/rules/${id}`;
    expect(made.headers.get("location")).toBe(path);
    const { reason: _, ...fields } = LINK;
    expect(made.body).toEqual({ id, ...fields });
    const entry = { actor: "admin", role: "admin", action: "rules.create", target: `rule ${id}` };
    expect(await lastAudit()).toMatchObject({ ...entry, new: made.body, reason: "first" });

    const read = await get(path);
    expect(read.body).toEqual(made.body);
    expect(read.headers.get("etag")).toBe(made.headers.get("etag"));

    const changed = await put(path, { ...fields, priority: 7, reason: "sooner" });
    expect(changed.body).toEqual({ id, ...fields, priority: 7 });
    expect(await lastAudit()).toMatchObject({
      action: "rules.update",
      old: made.body,
      new: changed.body,
      reason: "sooner",
    });

    expect((await remove(`${path}?reason=unused`)).status).toBe(204);
    expect(await lastAudit()).toMatchObject({
      action: "rules.delete",
      old: changed.body,
      reason: "unused",
    });
    for (const answer of [await get(path), await put(path, fields), await remove(path)]) {
      expect(answer.status).toBe(404);
    }
  });

  test("are changed only as they were read, where the client asks for that", async () => {
    const made = await post("/api/v1/rules", LINK);
    const path = `/api/v1/rules/${made.body.id}`;
    const etag = made.headers.get("etag") ?? "";
    const changed = await put(
      path,
      { ...made.body, priority: 1 },
      { headers: { "if-match": etag } },
    );
    expect(changed.status).toBe(200);
    const late = await put(path, made.body, { headers: { "if-match": etag } });
    expect([late.status, late.body.detail]).toEqual([
      412,
      expect.stringContaining("read it again"),
    ]);
    expect((await remove(path, { headers: { "if-match": etag } })).status).toBe(412);
    expect((await remove(path, { headers: { "if-match": "soon" } })).status).toBe(400);
    const both = `"x", ${changed.headers.get("etag")}`;
    expect((await put(path, made.body, { headers: { "if-match": both } })).status).toBe(200);
    expect((await remove(path, { headers: { "if-match": "*" } })).status).toBe(204);
  });

  test("with an id that is taken, or another than the path says, are refused", async () => {
    const { body } = await post("/api/v1/rules", LINK);
    expect((await post("/api/v1/rules", { ...LINK, id: body.id })).status).toBe(409);
    const path = `/api/v1/rules/${body.id}`;
    expect((await put(path, { ...body, id: Number(body.id) + 1 })).body.field).toBe("id");
    await remove(path);
  });

  test("are paged in the order in which they are asked", async () => {
    const priorities = [30, 10, 20, 10];
    for (const priority of priorities) await post("/api/v1/rules", { ...LINK, priority });
    const seen: unknown[] = [];
    let cursor = "";
    do {
      const page = await get(`/api/v1/rules?limit=3${cursor}`);
      seen.push(...itemsOf(page).map(({ priority }) => priority));
      cursor = page.body.next_cursor === null ? "" : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== "");
    expect(seen).toEqual([10, 10, 20, 30]);
  });

  test("go out as a file, and come in again as a whole after a look at the difference", async () => {
    await post("/api/v1/teams", { hostname: "sw9", team: "core" });
    const file = await get("/api/v1/rules/export");
    expect(file.headers.get("content-type")).toContain("application/yaml");
    const text = file.text.replace("name: link", "name: renamed");
    const take = (query: string, body = text) =>
      post(`/api/v1/rules/import?${query}`, body, {
        headers: { "content-type": "application/yaml" },
      });
    const before = await lastAudit();
    const diff = await take("dry_run=1&replace=1");
    expect(diff.body).toMatchObject({ dry_run: true, created: [], removed: [], unchanged: 3 });
    expect(diff.body.updated).toMatchObject([
      { before: { name: "link" }, after: { name: "renamed" } },
    ]);
    expect(await lastAudit()).toEqual(before);

    const done = await take("replace=1&reason=tidy");
    expect(done.body).toEqual({ ...diff.body, dry_run: false });
    expect(await lastAudit()).toMatchObject({ action: "rules.import", reason: "tidy" });
    expect(itemsOf(await get("/api/v1/rules")).map(({ name }) => name)).toContain("renamed");

    const rules = [LINK, { ...LINK, match_type: "oid_prefix" }, { name: "bad" }];
    const bad = await post("/api/v1/rules/import", {
      rules: rules.map(({ reason: _, ...fields }: Record<string, unknown>) => fields),
    });
    expect(bad.status).toBe(400);
    const fields = (bad.body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields).toContain("rules[1] (link): trap_oid");
    expect(fields).toContain("rules[2] (bad): match_type");
    expect(itemsOf(await get("/api/v1/rules"))).toHaveLength(4);
    for (const body of ["", "no rules here", "{", "rules: 7"])
      expect((await take("", body)).status).toBe(400);
  });

  test("tell of an event which one it meets, and why the others do not match", async () => {
    const book = {
      rules: [
        rule({ name: "fan", match_string: "fan", prod_handling: "Page_only" }),
        rule({ name: "off", match_string: "fan", is_active: false }),
      ],
      dev_hosts: ["lab-1"],
      teams: [{ hostname: "sw1", team: "core" }],
    };
    await post("/api/v1/rules/import?replace=1", book);
    const met = await post(
      "/api/v1/rules/test",
      { hostname: "sw1", message: "FAN failed" },
      { role: "viewer" },
    );
    expect(met.body).toMatchObject({
      matched: { rule_name: "fan", reason: 'the message contains "fan"' },
      handling: "Page_only",
      environment: "prod",
      team: "network",
      verdicts: [{ verdict: "selected" }, { verdict: "inactive" }],
    });
    const dev = { event: { hostname: "LAB-1", message: "fan" } };
    expect((await post("/api/v1/rules/test", dev)).body).toMatchObject({
      environment: "dev",
      handling: "Log_only",
    });
    const none = await post("/api/v1/rules/test", { hostname: "SW1", message: "link" });
    expect(none.body).toMatchObject({ matched: null, handling: null, team: "core" });
    const nobody = await post("/api/v1/rules/test", { hostname: "x", message: "link" });
    expect(nobody.body.team).toBe("NETO");
  });
});

test("dev hosts and teams are listed, set and removed, in any case of their letters", async () => {
  expect((await post("/api/v1/dev-hosts", { hostname: "LAB-7 " })).status).toBe(201);
  expect((await post("/api/v1/dev-hosts", { hostname: "lab-7" })).status).toBe(200);
  expect(itemsOf(await get("/api/v1/dev-hosts"))).toContainEqual({ hostname: "lab-7" });
  expect((await remove("/api/v1/dev-hosts/Lab-7", { body: { reason: "sold" } })).status).toBe(204);
  expect(await lastAudit()).toMatchObject({ action: "dev_hosts.remove", reason: "sold" });
  expect((await remove("/api/v1/dev-hosts/lab-7")).status).toBe(404);

  const host = encodeURIComponent("sw/7");
  expect((await post("/api/v1/teams", { hostname: "sw/7", team: "core" })).status).toBe(201);
  expect((await post("/api/v1/teams", { hostname: "SW/7", team: "edge" })).status).toBe(409);
  expect((await put(`/api/v1/teams/${host}`, { team: "edge" })).body.team).toBe("edge");
  expect((await get(`/api/v1/teams/${host}`)).body).toEqual({ hostname: "sw/7", team: "edge" });
  expect((await remove(`/api/v1/teams/${host}`)).status).toBe(204);
  expect((await get(`/api/v1/teams/${host}`)).status).toBe(404);
});

describe("settings", () => {
  const PATH = "/api/v1/config/moog_batch_max";

  test("are listed with where they come from, changed with a reason, and reset", async () => {
    const before = itemsOf(await get("/api/v1/config?limit=200"));
    expect(before.find(({ key }) => key === "moog_batch_max")).toMatchObject({
      value: 50,
      default: 50,
      source: "default",
      type: "integer",
      description: expect.any(String),
    });
    const changed = await put(PATH, { value: 7, reason: "smaller" });
    expect(changed.body).toEqual({ key: "moog_batch_max", old: 50, new: 7 });
    expect((await get(PATH)).body).toMatchObject({ value: 7, source: "redis" });
    expect(await pipeline.redis.client().get(`${pipeline.prefix}:config:moog_batch_max`)).toBe("7");
    expect((await remove(PATH, { body: { reason: "back" } })).body).toMatchObject({ new: 50 });
    const history = await get("/api/v1/config/history?key=moog_batch_max");
    expect(itemsOf(history)).toMatchObject([
      { actor: "admin", role: "admin", action: "config.reset", old: 7, new: 50, reason: "back" },
      { actor: "admin", role: "admin", action: "config.set", old: 50, new: 7, reason: "smaller" },
    ]);
  });

  test("are changed only as they were read, where the client asks for that", async () => {
    const etag = (await get(PATH)).headers.get("etag") ?? "";
    const change = (value: number, tag: string) =>
      put(PATH, { value, reason: "r" }, { headers: { "if-match": tag } });
    const first = await change(8, etag);
    expect(first.status).toBe(200);
    expect((await change(9, etag)).status).toBe(412);
    expect((await change(9, first.headers.get("etag") ?? "")).status).toBe(200);
    await remove(PATH);
  });

  test("with an If-Match that is no entity tag are refused before anything is changed", async () => {
    const answers = [
      await put(
        "/api/v1/config/moog_batch_max",
        { value: 20, reason: "x" },
        { headers: { "if-match": "x" } },
      ),
      await remove("/api/v1/config/moog_batch_max", { headers: { "if-match": "x" } }),
    ];
    for (const { status, body } of answers) {
      expect([status, body.field]).toEqual([400, "If-Match"]);
    }
  });

  test("that do not exist are 404 with a suggestion, and a pair that breaks a rule is 409", async () => {
    const missing = await put("/api/v1/config/moog_batch_mx", { value: 7, reason: "r" });
    expect([missing.status, missing.body.detail]).toEqual([
      404,
      expect.stringContaining("moog_batch_max"),
    ]);
    expect((await get("/api/v1/config/nothing")).status).toBe(404);
    const low = await put("/api/v1/config/alerter_queue_warn_threshold", {
      value: 5000,
      reason: "r",
    });
    expect([low.status, low.body.detail]).toEqual([409, expect.stringContaining("shed_threshold")]);
  });
});

describe("the audit log", () => {
  test("is filtered, paged, and exported as the same entries, the oldest first", async () => {
    for (const hostname of ["a1", "a2", "a3"]) await post("/api/v1/dev-hosts", { hostname });
    const path = "/api/v1/audit?action=dev_hosts.add&actor=admin&limit=2";
    const first = await get(path);
    expect(itemsOf(first).map(({ target }) => target)).toEqual(["a3", "a2"]);
    const second = await get(`${path}&cursor=${first.body.next_cursor}`);
    expect(itemsOf(second)[0]).toMatchObject({ target: "a1" });

    const from = encodeURIComponent(String(itemsOf(second)[0]?.at));
    const file = await get(`/api/v1/audit/export?action=dev_hosts&from=${from}`);
    expect(file.headers.get("content-type")).toContain("application/x-ndjson");
    const lines = file.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { target: string });
    expect(lines.slice(-3).map(({ target }) => target)).toEqual(["a1", "a2", "a3"]);
    expect(lines.at(-1)).toEqual(itemsOf(first)[0]);
    expect(itemsOf(await get("/api/v1/audit?actor=nobody"))).toEqual([]);
  });
});

describe("the pipeline", () => {
  test("is shown queue by queue, with the state of overload control and breaker", async () => {
    const { body } = await get("/api/v1/queues", { role: "viewer" });
    expect(body).toMatchObject({
      queues: ["ingest", "alert", "dlq-alerter", "dlq-forwarder", "dlq-dead"].map((name) => ({
        name,
        counts: { waiting: 0, prioritized: 0, delayed: 0, active: 0, failed: 0 },
        oldest_age_seconds: 0,
      })),
      alerter: { state: "unknown" },
      breaker: { state: "closed", reason: null },
    });
  });

  test("has a breaker that an operator resets, with the old state in the log", async () => {
    const redis = pipeline.redis.client();
    const key = `${pipeline.prefix}:breaker:moog`;
    await redis.hset(key, { state: "open", reason: "HTTP 401", open_until: Date.now() + 60_000 });
    const open = (await get("/api/v1/queues")).body.breaker;
    expect(open).toMatchObject({ state: "open", reason: "HTTP 401", retry_at: expect.any(String) });
    const reset = await post("/api/v1/breaker/reset", { reason: "new key" }, { role: "operator" });
    expect([reset.status, reset.body.state]).toEqual([200, "closed"]);
    expect(await lastAudit()).toMatchObject({
      actor: "operator",
      action: "breaker.reset",
      old: { state: "open", reason: "HTTP 401" },
      reason: "new key",
    });
  });

  test("has a history for charts", async () => {
    const { body } = await get("/api/v1/history?minutes=30&step=10");
    expect(body).toMatchObject({
      step: 10,
      minutes: [expect.any(Number), expect.any(Number), expect.any(Number)],
    });
  });

  test("has objectives that are unknown, not refused, where nothing is known", async () => {
    const { status, body } = await get("/api/v1/slo");
    expect([status, body.state]).toEqual([200, "unknown"]);
  });
});
