// The door of the admin app: keys, sessions, tokens for writes, lock-out.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { call, itemsOf, signIn } from "./admin-client.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "admin sign-in",
    apps: ["admin"],
    env: { TRUST_PROXY: "1", ENVIRONMENT_LABEL: "test lab" },
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

let address = 0;
/** Each test comes from an address of its own, so that no lock-out of another one holds it up. */
let from: Record<string, string>;
beforeEach(() => {
  address += 1;
  from = { "x-forwarded-for": `192.0.2.${address}` };
});

const post = (path: string, body: unknown, headers = {}) =>
  call(pipeline, "POST", path, { role: null, body, headers: { ...from, ...headers } });
const form = (fields: Record<string, string>) => new URLSearchParams(fields);
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const withCookie = (cookie: string, headers = {}) => ({
  role: null,
  headers: { cookie, ...headers },
});

describe("a sign-in", () => {
  test("with JSON says who it is, until when, and gives the token for writes", async () => {
    const { answer, csrfToken } = await signIn(pipeline, "operator");
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      name: "operator",
      role: "operator",
      csrf_token: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: expect.any(String),
      environment: "test lab",
    });
    const hours = (Date.parse(String(answer.body.expires_at)) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(csrfToken).not.toBe((await signIn(pipeline, "operator")).csrfToken);
    expect(itemsOf(await call(pipeline, "GET", "/api/v1/audit"))[0]).toMatchObject({
      actor: "operator",
      action: "session.start",
    });
  });

  test("sets cookies that scripts of other sites and, for the session, all scripts cannot have", async () => {
    const { answer } = await signIn(pipeline, "viewer");
    const [session = "", token = ""] = answer.headers.getSetCookie();
    expect(session).toMatch(
      /^mutt_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/,
    );
    expect(token).toMatch(/^XSRF-TOKEN=[\w-]{43}; Path=\/; Expires=.*; SameSite=Strict$/);
    const secure = await post(
      "/login",
      { key: TEST_KEYS.viewer },
      { "x-forwarded-proto": "https" },
    );
    for (const cookie of secure.headers.getSetCookie()) expect(cookie).toContain("; Secure");
    expect(secure.headers.get("strict-transport-security")).toContain("max-age");
    expect(answer.headers.get("strict-transport-security")).toBeNull();
  });

  test("keeps neither the id nor the key in Redis", async () => {
    const { cookie } = await signIn(pipeline, "admin");
    const id = /mutt_session=([\w-]+)/.exec(cookie)?.[1] ?? "";
    const redis = pipeline.redis.client();
    const keys = await redis.keys(`${pipeline.prefix}:session:*`);
    const stored = [...keys, ...(await Promise.all(keys.map((key) => redis.get(key))))].join();
    expect(stored).not.toContain(id);
    expect(stored).not.toContain(TEST_KEYS.admin);
    for (const key of keys) expect(await redis.ttl(key)).toBeGreaterThan(43_000);
  });

  test.each([
    [{}, "/"],
    [{ next: "/dead-letters?class=throttled" }, "/dead-letters?class=throttled"],
    [{ next: "//evil.example/" }, "/"],
    [{ next: "https://evil.example/" }, "/"],
    [{ next: "/\\evil.example" }, "/"],
    [{ next: "/\t/evil.example" }, "/"],
    [{ next: "/x/..//evil.example" }, "/"],
    [{ next: "javascript:alert(1)" }, "/"],
  ])("with a form and %o leads to %s", async (fields, location) => {
    const answer = await post("/login", form({ key: TEST_KEYS.viewer, ...fields }), FORM);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, location]);
  });

  test.each([
    ["a wrong key", { key: "wrong-key-0123456789abcdef" }, 401],
    ["the ingest key", { key: TEST_KEYS.ingest }, 401],
    ["no key", {}, 400],
    ["a key that is no text", { key: 7 }, 400],
    ["a list", [TEST_KEYS.admin], 400],
    ["half a document", "{", 400],
  ])("with %s is refused as a problem", async (_, body, status) => {
    const answer = await post("/login", body, { "content-type": "application/json" });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("that another site sends is refused", async () => {
    const headers = { ...FORM, "sec-fetch-site": "cross-site" };
    expect((await post("/login", form({ key: TEST_KEYS.viewer }), headers)).status).toBe(403);
  });
});

describe("a lock-out", () => {
  const wrong = () => post("/login", { key: "wrong-key-0123456789abcdef" });

  test("comes with the sixth wrong key in a row, says how long, and grows", async () => {
    for (let tries = 0; tries < 4; tries += 1) expect((await wrong()).status).toBe(401);
    const last = await wrong();
    expect([last.status, last.headers.get("retry-after")]).toEqual([401, "5"]);
    const locked = await wrong();
    expect(locked.status).toBe(429);
    expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await post("/login", { key: TEST_KEYS.admin })).status).toBe(429);

    const redis = pipeline.redis.client();
    const [lock = ""] = await untilLocked();
    await redis.hset(lock, "until", 0);
    expect(Number((await wrong()).headers.get("retry-after"))).toBe(10);
    await redis.hset(lock, "until", 0);
    expect((await post("/login", { key: TEST_KEYS.admin })).status).toBe(200);
    expect((await wrong()).status).toBe(401);
  });

  test("of one address leaves the others alone, and keys in headers too", async () => {
    for (let tries = 0; tries < 6; tries += 1) await wrong();
    expect((await wrong()).status).toBe(429);
    expect((await signIn(pipeline, "viewer")).answer.status).toBe(200);
    expect((await call(pipeline, "GET", "/api/v1/session", { headers: from })).status).toBe(200);
  });

  test("lets no more tries through when they come at once", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, wrong));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(25);
  });

  test("bounds what many addresses can try together", async () => {
    const redis = pipeline.redis.client();
    await redis.set(`${pipeline.prefix}:sign-in-failures`, 100, "PX", 60_000);
    const answer = await post("/login", { key: TEST_KEYS.admin });
    await redis.del(`${pipeline.prefix}:sign-in-failures`);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(50);
  });

  /** Keys of the addresses that have to wait now. */
  async function untilLocked(): Promise<string[]> {
    const redis = pipeline.redis.client();
    const keys = await redis.keys(`${pipeline.prefix}:sign-in:*`);
    const untils = await Promise.all(keys.map((key) => redis.hget(key, "until")));
    return keys.filter((_, index) => Number(untils[index]) > Date.now() - 1000);
  }
});

describe("a session", () => {
  test("reads without a token, and writes with one only", async () => {
    const { cookie, csrfToken } = await signIn(pipeline, "admin");
    expect((await call(pipeline, "GET", "/api/v1/rules", withCookie(cookie))).status).toBe(200);
    const write = (headers = {}) =>
      call(pipeline, "POST", "/api/v1/dev-hosts", {
        ...withCookie(cookie, headers),
        body: { hostname: "h" },
      });
    expect((await write()).status).toBe(403);
    expect((await write({ "x-csrf-token": `${csrfToken.slice(0, -1)}_` })).status).toBe(403);
    expect(
      (await write({ "x-csrf-token": (await signIn(pipeline, "admin")).csrfToken })).status,
    ).toBe(403);
    expect((await write({ "x-csrf-token": csrfToken })).status).toBe(201);
    expect((await write({ "x-xsrf-token": csrfToken })).status).toBe(200);
  });

  test.each([
    ["DELETE", "/api/v1/session", 204],
    ["POST", "/logout", 204],
  ])("ends with %s %s, for good", async (method, path, status) => {
    const { cookie, csrfToken } = await signIn(pipeline, "viewer");
    expect((await call(pipeline, method, path, withCookie(cookie))).status).toBe(403);
    const headers = { "x-csrf-token": csrfToken, accept: "application/json" };
    const answer = await call(pipeline, method, path, withCookie(cookie, headers));
    expect(answer.status).toBe(status);
    for (const line of answer.headers.getSetCookie()) expect(line).toContain("1970");
    expect((await call(pipeline, "GET", "/api/v1/session", withCookie(cookie))).status).toBe(401);
  });

  test.each([
    ["is made up", `mutt_session=${"A".repeat(43)}`],
    ["is no id at all", "mutt_session=%00%ff"],
    ["is empty", "mutt_session="],
  ])("whose id %s is none", async (_, cookie) => {
    expect((await call(pipeline, "GET", "/api/v1/session", withCookie(cookie))).status).toBe(401);
  });

  test("is void as soon as its key is gone", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mutt-admin-keys-"));
    onTestFinished(() => rm(dir, { recursive: true }));
    const file = join(dir, "keys");
    const key = "short-lived-key-0123456789";
    await writeFile(file, `guest:operator:${key}\n`);
    await using own = await startPipeline({
      testName: "admin keys",
      apps: ["admin"],
      redis: pipeline.redis,
      env: { ADMIN_API_KEYS: `root:admin:${TEST_KEYS.admin}`, ADMIN_API_KEYS_FILE: file },
    });
    const answer = await call(own, "POST", "/login", { role: null, body: { key } });
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const status = async () =>
      (await call(own, "GET", "/api/v1/session", withCookie(cookie))).status;
    expect(await status()).toBe(200);
    await writeFile(file, `guest:operator:another-key-0123456789ab\n`);
    await waitFor(async () => (await status()) === 401, { what: "the session has ended" });
  });
});

test("a page that needs a key leads to the sign-in and back; the API says 401", async () => {
  const accept = { accept: "text/html,*/*" };
  const page = await call(pipeline, "GET", "/queues/queue/dlq-dead?status=failed", {
    role: null,
    headers: accept,
  });
  expect([page.status, page.headers.get("location")]).toEqual([
    303,
    "/login?next=%2Fqueues%2Fqueue%2Fdlq-dead%3Fstatus%3Dfailed",
  ]);
  const api = await call(pipeline, "GET", "/queues/api/queues", { role: null, headers: accept });
  expect([api.status, api.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
});

test("the console's pages, and no others, are served to everybody, under a policy that allows nothing foreign", async () => {
  for (const path of ["/", "/login", "/dead-letters", "/dead-letters/dlq-dead/x", "/rules"]) {
    const answer = await call(pipeline, "GET", path, { role: null });
    expect([answer.status, answer.text.includes('<base href="/" />')], path).toEqual([200, true]);
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure|https?:/);
  }
  const missing = await call(pipeline, "GET", "/nowhere", { role: null });
  expect([missing.status, missing.body.status]).toEqual([404, 404]);
});

test("under a base path everything is found with it and without, and cookies and links carry it", async () => {
  await using own = await startPipeline({
    testName: "admin base",
    apps: ["admin"],
    redis: pipeline.redis,
    env: { ADMIN_BASE_PATH: "/tools/mutt/" },
  });
  const { answer } = await signIn(own, "admin");
  for (const cookie of answer.headers.getSetCookie())
    expect(cookie).toContain("; Path=/tools/mutt;");
  for (const prefix of ["", "/tools/mutt"]) {
    const page = await call(own, "GET", `${prefix}/rules`);
    expect(page.text).toContain('<base href="/tools/mutt/" />');
    expect((await call(own, "GET", `${prefix}/api/v1/rules`)).status).toBe(200);
    expect((await call(own, "GET", `${prefix}/healthz`)).status).toBe(200);
    const board = await call(own, "GET", `${prefix}/queues/`);
    expect(board.text).toContain('<base href="/tools/mutt/queues/" />');
    const door = await call(own, "GET", `${prefix}/queues/`, {
      role: null,
      headers: { accept: "text/html" },
    });
    expect(door.headers.get("location")).toBe("/tools/mutt/login?next=%2Fqueues%2F");
  }
  const form_ = await call(own, "POST", "/tools/mutt/login", {
    role: null,
    body: form({ key: TEST_KEYS.viewer, next: "/rules" }),
    headers: FORM,
  });
  expect(form_.headers.get("location")).toBe("/tools/mutt/rules");
});

test("a console that is not built is said to be missing, with the command", async () => {
  await using own = await startPipeline({
    testName: "no console",
    apps: ["admin"],
    redis: pipeline.redis,
    env: { CONSOLE_DIR: "/nonexistent" },
  });
  const answer = await call(own, "GET", "/", { role: null });
  expect([answer.status, answer.text]).toEqual([503, expect.stringContaining("npm run")]);
});
