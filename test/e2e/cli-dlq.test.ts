// Dead letters on the operator's command line, on a real Redis and with real apps.
import { execFile } from "node:child_process";
import { readAudit } from "@mutt/store";
import {
  type Pipeline,
  startPipeline,
  startTestRedis,
  type TestRedis,
  uniquePrefix,
  waitFor,
} from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { park } from "../integration/redrive-entries.ts";
import { deadLetterOf, preload } from "./dead-letters.ts";
import { FORWARD_FAULTS, jobsIn, putRules } from "./support.ts";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

/** The command line on one prefix. */
function commandLine({ redis: { url }, prefix }: Pick<Pipeline, "redis" | "prefix">) {
  const env = { ...process.env, REDIS_URL: url, QUEUE_PREFIX: prefix };
  return (...args: string[]) =>
    new Promise<{ code: number; output: string }>((resolve) => {
      const all = ["apps/stack/src/run-mutt.ts", "dlq", ...args];
      execFile("node", all, { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
}

/** Three entries of two kinds, and no app. */
async function setup() {
  const prefix = uniquePrefix("cli-dlq");
  await park({ redis, prefix }, "dlq-forwarder", [
    { id: "one", severity: 2, hostname: "core-1", failedAt: "2026-11-24T01:00:00.000Z" },
    { id: "two", severity: 5, failedAt: "2026-11-24T02:00:00.000Z" },
    { id: "three", severity: 5, error: "boom", failedAt: "2026-11-24T03:00:00.000Z" },
  ]);
  const mutt = commandLine({ redis, prefix });
  const json = async (...args: string[]) => JSON.parse((await mutt(...args, "--json")).output);
  return { prefix, mutt, json, audit: () => readAudit(redis.client(), prefix) };
}

describe("without any app", () => {
  test("entries are listed, filtered and shown", async () => {
    const { mutt, json } = await setup();
    const { code, output } = await mutt("ls");
    expect(code).toBe(0);
    expect(output.split("\n").map((row) => row.split(/ +/)[1])).toEqual([
      "ID",
      "three~r0",
      "two~r0",
      "one~r0",
      undefined,
    ]);
    const ids = async (...filter: string[]) =>
      ((await json("ls", ...filter)) as { id: string }[]).map(({ id }) => id);
    expect(await ids("--host", "CORE-1")).toEqual(["one~r0"]);
    expect(await ids("--severity", "5", "--limit", "1")).toEqual(["three~r0"]);
    expect(await ids("--failure", "shed")).toEqual([]);
    expect(await ids("--max-age", "1h", "--queue", "dlq-dead")).toEqual([]);
    expect(await json("show", "one~r0")).toMatchObject({
      id: "one~r0",
      queue: "dlq-forwarder",
      state: "failed",
      alert_id: "one",
      history: [{ attempt: 1 }],
    });
    expect(await mutt("show", "nobody")).toMatchObject({
      code: 1,
      output: expect.stringContaining("no dead letter has the id nobody"),
    });
  });

  test.each([
    [["ls", "--severity", "9"], /--severity: .*7/],
    [["ls", "--min-age", "long"], /--min-age is long: give seconds, or 15m/],
    [["ls", "--queue", "alert"], /--queue: .*dlq-alerter/],
    [["plan", "--fingerprint", "xyz"], /--fingerprint: 16 hexadecimal digits/],
    [["redrive", "rd-1"], /--reason TEXT/],
    [["redrive", "--reason", "r"], /PLAN is missing/],
    [["quarantine", "00000000000000aa"], /--reason TEXT/],
    [["pause"], /REDRIVE is missing/],
  ])("%j is refused, naming what is wrong", async (args, problem) => {
    const { code, output } = await commandLine({ redis, prefix: "none" })(...args);
    expect(code).toBe(2);
    expect(output).toMatch(problem);
    expect(output).not.toMatch(/\bat .*\.ts:\d+/);
  });

  test("kinds are listed, quarantined and released, with who and why in the audit log", async () => {
    const { mutt, json, audit } = await setup();
    const { fingerprint } = deadLetterOf({ id: "x", error: "boom" });
    expect((await mutt("quarantine", fingerprint, "--reason", "a bug")).code).toBe(0);
    expect(await json("groups")).toMatchObject([
      { count: 2, error: "HTTP 503", quarantined: false },
      { count: 1, error: "boom", fingerprint, quarantined: true },
    ]);
    const { output } = await mutt("groups");
    expect(output).toMatch(/2 +transient_downstream/);
    expect(output).toMatch(`${fingerprint} is quarantined by cli:`);
    expect(await json("plan")).toMatchObject({
      count: 2,
      not_eligible: [{ reason: "quarantined", count: 1 }],
    });
    expect((await mutt("release", fingerprint, "--reason", "mended")).code).toBe(0);
    expect(await mutt("release", fingerprint, "--reason", "mended")).toMatchObject({ code: 1 });
    const by = { actor: expect.stringMatching(/^cli:/), target: fingerprint };
    expect(await audit()).toMatchObject([
      { action: "dlq.release", reason: "mended", ...by },
      { action: "dlq.quarantine", reason: "a bug", ...by },
    ]);
  });

  test("a plan is carried out once; the redrive is listed, paused, resumed and cancelled", async () => {
    const { mutt, json } = await setup();
    const { output } = await mutt("plan", "--severity", "5");
    expect(output).toMatch(/would replay +2: 2 transient_downstream/);
    const [planId = ""] = /rd-[0-9a-f]+/.exec(output) ?? [];
    const start = () => mutt("redrive", planId, "--reason", "back", "--rate", "5", "--detach");
    expect(await start()).toMatchObject({ code: 0 });
    expect(await start()).toMatchObject({ code: 1, output: expect.stringContaining("already") });
    const all = await mutt("redrive", "--all", "--reason", "everything");
    expect(all).toMatchObject({ code: 1, output: expect.stringContaining("works on") });
    expect((await mutt("redrives")).output).toMatch(/running: 0 of 2 replayed.*remediation/);
    expect((await mutt("pause", planId)).output).toMatch(/paused/);
    expect((await mutt("resume", planId)).output).toMatch(/running/);
    expect((await mutt("cancel", planId, "--reason", "not now")).output).toMatch(/cancelled/);
    expect(await mutt("pause", planId)).toMatchObject({ code: 1 });
    expect(await json("redrives")).toMatchObject([
      { id: planId, state: "cancelled", max_per_second: 5, reason: "back", total: 2 },
    ]);
  });
});

test("a redrive is followed to its end, line by line where there is no terminal", async () => {
  await using pipeline = await startPipeline({
    testName: "cli-redrive",
    apps: ["alerter", "forwarder", "remediation"],
    env: { MOOG_HEALTH_URL: "", REMEDIATION_ENABLED: "false", REMEDIATION_INTERVAL: "1" },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  const ids = Array.from({ length: 20 }, (_, index) => ({ id: `e${index}` }));
  await preload(pipeline, "dlq-alerter", ids);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 20, {
    what: "all are parked",
  });
  const mutt = commandLine(pipeline);
  const { code, output } = await mutt("redrive", "--all", "--reason", "back", "--rate", "10");
  expect(code).toBe(0);
  const lines = output.trim().split("\n");
  expect(lines.at(-1)).toBe("done: 20 of 20 replayed, 0 skipped");
  expect(lines.filter((line) => line.startsWith("running:")).length).toBeGreaterThan(1);
  await waitFor(() => pipeline.receiver.alerts({ limit: 100 }).length === 20, {
    what: "all are delivered",
  });
});
