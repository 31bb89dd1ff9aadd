// The operator's command line, on a real Redis.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAudit, readRuleBook } from "@mutt/store";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let redis: TestRedis;
let dir: string;

beforeAll(async () => {
  redis = await startTestRedis();
  dir = await mkdtemp(join(tmpdir(), "mutt-cli-"));
});
afterAll(async () => {
  await redis.stop();
  await rm(dir, { recursive: true, force: true });
});

/** A prefix of its own, and the command line on it. */
function setup() {
  const prefix = uniquePrefix("cli");
  const env = { ...process.env, REDIS_URL: redis.url, QUEUE_PREFIX: prefix };
  const mutt = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      execFile("node", ["apps/stack/src/run-mutt.ts", ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  const deps = { redis: redis.client(), prefix };
  return { mutt, book: () => readRuleBook(deps), audit: () => readAudit(deps.redis, prefix), deps };
}

async function file(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, text);
  return path;
}

test("a rules file goes in and comes out again, and the change is audited", async () => {
  const { mutt, book, audit } = setup();
  expect(
    await mutt("rules", "import", "test/data/rules.yaml", "--reason", "first set"),
  ).toMatchObject({
    code: 0,
  });
  const before = await book();
  expect(before.rules.length).toBeGreaterThan(40);
  for (const name of ["out.yaml", "out.json"]) {
    const path = join(dir, name);
    const json = name.endsWith("json") ? ["--json"] : [];
    expect((await mutt("rules", "export", path, ...json)).code).toBe(0);
    expect((await readFile(path, "utf8")).length).toBeGreaterThan(1000);
    expect((await mutt("rules", "import", path, "--replace")).code).toBe(0);
    expect(await book()).toMatchObject({ rules: before.rules, devHosts: before.devHosts });
  }
  expect(await audit()).toContainEqual(
    expect.objectContaining({
      actor: expect.stringMatching(/^cli:/),
      action: "rules.import",
      reason: "first set",
    }),
  );
});

test.each([
  ["neither text nor OID", "match_type: contains", /match_string|trap_oid/],
  ["a pattern that RE2 does not take", 'match_type: regex\n    match_string: "(a)\\\\1"', /RE2/],
  ["an unknown field", "match_type: contains\n    match_string: x\n    colour: red", /colour/],
])(
  "a file with a rule of %s is refused as a whole, naming the field",
  async (_name, fields, problem) => {
    const { mutt, book } = setup();
    const common = "prod_handling: Page_only\n    dev_handling: Log_only\n    team_assignment: t";
    const path = await file(
      "bad.yaml",
      `rules:\n  - name: good\n    match_type: contains\n    match_string: y\n    ${common}\n` +
        `  - name: bad\n    ${fields}\n    ${common}\n`,
    );
    const { code, output } = await mutt("rules", "import", path);
    expect(code).toBe(1);
    expect(output).toMatch(problem);
    expect(output).not.toMatch(/\bat .*\.ts:\d+/);
    expect((await book()).rules).toEqual([]);
  },
);

test("a pattern that would stall a backtracking engine is taken and answered at once", async () => {
  const { mutt } = setup();
  const path = await file(
    "slow.yaml",
    'rules:\n  - name: slow\n    match_type: regex\n    match_string: "(a+)+$"\n    prod_handling: Page_only\n' +
      "    dev_handling: Log_only\n    team_assignment: t\n",
  );
  const event = JSON.stringify({ hostname: "h", message: `${"a".repeat(8000)}!` });
  const { code, output } = await mutt("rules", "test", event, "--file", path);
  expect(code).toBe(0);
  expect(output).toContain("matches no rule");
});

test("a setting is listed, set, refused when it is bad, and reset", async () => {
  const { mutt, deps, audit } = setup();
  expect((await mutt("config", "list")).output).toMatch(
    /^moog_rate_limit = 50 .*\(default, default 50\)$/m,
  );
  expect(
    (await mutt("config", "set", "moog_rate_limit", "75", "--reason", "quiet night")).code,
  ).toBe(0);
  expect(await deps.redis.get(`${deps.prefix}:config:moog_rate_limit`)).toBe("75");
  const refused = await mutt("config", "set", "moog_rate_limit", "many");
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/moog_rate_limit.*whole number/);
  expect((await mutt("config", "set", "moog_rate_limt", "5")).output).toContain("did you mean");
  expect((await mutt("config", "get", "moog_rate_limit")).output).toContain("= 75");
  expect((await mutt("config", "reset", "moog_rate_limit")).output).toContain("75 -> 50");
  expect(await audit()).toMatchObject([
    { action: "config.reset", target: "moog_rate_limit", old: 75, new: 50 },
    { action: "config.set", target: "moog_rate_limit", old: 50, new: 75, reason: "quiet night" },
  ]);
});

test("the usage is there for the asking", async () => {
  const { mutt } = setup();
  const { code, output } = await mutt("--help");
  expect(code).toBe(0);
  expect(output).toMatch(/^usage: npm run mutt --/);
});

test("a command that does not exist is answered with the usage", async () => {
  const { mutt } = setup();
  const { code, output } = await mutt("rules", "delete");
  expect(code).toBe(2);
  expect(output).toContain("usage: npm run mutt --");
});
