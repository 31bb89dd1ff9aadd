// The admin API at work: what is changed through it, as it was read, with its entry in the audit log.
import { type Pipeline, startPipeline } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkedClient } from "./admin-checked.ts";
import { itemsOf } from "./admin-client.ts";
import { rule } from "./support.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ testName: "admin records", apps: ["admin"] });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

const { get, post, put, remove, lastAudit } = checkedClient(() => pipeline);

const LINK = { ...rule({ name: "link", match_string: "link" }), reason: "first" };

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
