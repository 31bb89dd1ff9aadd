// Bull Board as operators use it over HTTP: who may do what, and what the audit log says of it.
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { call, itemsOf, type Role, signIn } from "./admin-client.ts";
import {
  deadLetters,
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  sendAll,
  untilDelivered,
} from "./support.ts";

let pipeline: Pipeline;
const SECRET = "hunter2-hunter2-hunter2";

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "admin board",
    env: {
      MOOG_MAX_RETRIES: "0",
      // So many fail here that the breaker would open.
      CIRCUIT_BREAKER_THRESHOLD: "1000",
      // What is dead stays so until somebody asks.
      REMEDIATION_ENABLED: "false",
      REMEDIATION_PAUSE_MS: "1",
      // What fails again slows replays down, by the interval.
      REMEDIATION_INTERVAL: "1",
      ENVIRONMENT_LABEL: "test lab",
    },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());
beforeEach(() => pipeline.receiver.setMode({ mode: "ok" }));

const board = (method: string, path: string, role: Role, body?: unknown) =>
  call(pipeline, method, `/queues/api${path}`, { role, body });
const audit = async (action: string) =>
  itemsOf(await call(pipeline, "GET", `/api/v1/audit?action=${action}`));
const parked = () => jobsIn(pipeline, "dlq-forwarder", "failed");

/** Makes dead letters; gives the ids of their jobs, and of their alerts. */
async function kill(count: number, label: string) {
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  const before = new Set(await jobIds());
  const events = faults(count, label).map((event) => ({ ...event, password: SECRET }));
  const { ids } = await sendAll(pipeline, [events]);
  await waitFor(async () => (await jobIds()).length === before.size + count, {
    what: `${count} dead letters are parked`,
    timeoutMs: 60_000,
  });
  pipeline.receiver.setMode({ mode: "ok" });
  return { ids, jobs: (await jobIds()).filter((id) => !before.has(id)) };
}

async function jobIds(): Promise<string[]> {
  return await pipeline.redis.client().zrange(`${pipeline.prefix}:dlq-forwarder:failed`, 0, "-1");
}

test("lists the queues with a dead letter, its error and a link, and blanks what is secret", async () => {
  const { jobs } = await kill(1, "listed");
  const answer = await board("GET", "/queues?activeQueue=dlq-forwarder&status=failed", "viewer");
  expect(answer.status).toBe(200);
  const queues = answer.body.queues as Record<string, unknown>[];
  expect(queues.map(({ name, readOnlyMode }) => [name, readOnlyMode])).toEqual([
    ["ingest", true],
    ["alert", true],
    ["dlq-alerter", false],
    ["dlq-forwarder", false],
    ["dlq-dead", false],
  ]);
  expect(queues[3]?.jobs).toMatchObject([
    {
      id: jobs[0],
      failedReason: expect.stringContaining("HTTP 500"),
      externalUrl: { href: `/dead-letters/dlq-forwarder/${encodeURIComponent(jobs[0] ?? "")}` },
    },
  ]);
  expect(answer.text).not.toContain(SECRET);
  expect(answer.text).toContain("[redacted]");
});

test("is a page that asks nobody else for anything, under its own policy", async () => {
  const page = await call(pipeline, "GET", "/queues/", { role: "viewer" });
  expect(page.status).toBe(200);
  expect(page.text).not.toMatch(/https?:\/\/(?!127)/);
  expect(page.text).not.toContain(" style=");
  expect(page.text).toContain("test lab");
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain("style-src-elem 'self' 'unsafe-inline'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("upgrade-insecure-requests");
  const script = /src="(static\/js\/[^"]+)"/.exec(page.text)?.[1];
  expect((await call(pipeline, "GET", `/queues/${script}`)).status).toBe(200);
});

test("an operator's Retry delivers the alert, and the log says who asked", async () => {
  const { ids, jobs } = await kill(1, "retried");
  const path = `/queues/dlq-forwarder/${encodeURIComponent(jobs[0] ?? "")}/retry`;
  expect((await board("PUT", path, "viewer")).status).toBe(403);
  expect(await jobIds()).toContain(jobs[0]);
  expect((await board("PUT", path, "operator")).status).toBe(204);
  await untilDelivered(pipeline.receiver, ids);
  expect((await audit("board.retry"))[0]).toMatchObject({
    actor: "operator",
    role: "operator",
    action: "board.retry",
    target: `dlq-forwarder/${jobs[0]}`,
  });
});

test("Retry all delivers every one, and the log says how many there were", async () => {
  const left = await parked();
  const { ids } = await kill(20, "all");
  const answer = await board("PUT", "/queues/dlq-forwarder/retry/failed", "operator");
  expect(answer.body).toMatchObject({ retried: 20 + left, skipped: 0 });
  await untilDelivered(pipeline.receiver, ids);
  const entries = await audit("board.retry_all");
  expect(entries).toMatchObject([
    { action: "board.retry_all.outcome", new: { answer: { retried: 20 + left } } },
    { action: "board.retry_all", actor: "operator", old: { failed: 20 + left } },
  ]);
});

test("a Retry that fails again says in the history of the entry who asked for it", async () => {
  const left = await parked();
  const { ids, jobs } = await kill(2, "again");
  expect(left).toBe(0);
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  const failedFor = (actor: string, count: number) =>
    waitFor(
      async () => {
        const entries = await deadLetters(pipeline, "dlq-forwarder");
        const attempts = entries.map(
          ({ data }) => (data.history as { actor?: string }[]).at(-1)?.actor,
        );
        return attempts.filter((each) => each === actor).length === count;
      },
      { what: `${count} attempts for ${actor}`, timeoutMs: 30_000 },
    );
  await board("PUT", `/queues/dlq-forwarder/${encodeURIComponent(jobs[0] ?? "")}/retry`, "admin");
  await failedFor("admin", 1);
  const all = await parked();
  await board("PUT", "/queues/dlq-forwarder/retry/failed", "operator");
  await failedFor("operator", all);

  pipeline.receiver.setMode({ mode: "ok" });
  await board("PUT", "/queues/dlq-forwarder/retry/failed", "operator");
  await untilDelivered(pipeline.receiver, ids);
});

test("works in a session too, where a write needs the token that its client reads from a cookie", async () => {
  const { jobs, ids } = await kill(1, "in a session");
  const { cookie, csrfToken } = await signIn(pipeline, "operator");
  const path = `/queues/api/queues/dlq-forwarder/${encodeURIComponent(jobs[0] ?? "")}/retry`;
  const put = (headers = {}) =>
    call(pipeline, "PUT", path, { role: null, headers: { cookie, ...headers } });
  expect((await put()).status).toBe(403);
  expect((await put({ "x-xsrf-token": csrfToken })).status).toBe(204);
  await untilDelivered(pipeline.receiver, ids);
});

describe("what an entry is good for is not for everybody", () => {
  const JOB = "/queues/dlq-dead/nothing";
  const ADMIN_ONLY: [string, string, unknown?][] = [
    ["PUT", `${JOB}/clean`],
    ["PUT", "/queues/dlq-dead/clean/failed"],
    ["PUT", "/queues/dlq-dead/empty"],
    ["PUT", "/queues/dlq-dead/obliterate", {}],
    ["PUT", "/queues/dlq-dead/promote"],
    ["PUT", "/queues/dlq-dead/pause"],
    ["PUT", "/queues/dlq-dead/resume"],
    ["PUT", "/queues/pause"],
    ["PUT", "/queues/resume"],
    ["PUT", "/queues/dlq-dead/concurrency", { concurrency: 1 }],
    ["PUT", "/queues/dlq-dead/rate-limit", { max: 1, duration: 1000 }],
    ["PUT", "/queues/dlq-dead/rate-limit/release"],
    ["PATCH", `${JOB}/delay`, { runAt: 0 }],
    ["PATCH", `${JOB}/priority`, { priority: 1 }],
    ["POST", "/queues/dlq-dead/add", { name: "x", data: {} }],
    ["PATCH", `${JOB}/update-data`, { jobData: {} }],
  ];

  test.each(ADMIN_ONLY)(
    "%s %s: 403 for an operator, and nothing is audited",
    async (method, path, body) => {
      const before = await audit("board");
      const answer = await board(method, path, "operator", body);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain("needs the role admin");
      expect(await audit("board")).toEqual(before);
    },
  );

  test.each([
    ["PUT", "/queues/dlq-dead/job-schedulers/s/run"],
    ["PATCH", "/queues/dlq-dead/job-schedulers/s"],
    ["PUT", `${JOB}/remove-unprocessed-children`],
  ])("%s %s: 403 for an admin too", async (method, path) => {
    expect((await board(method, path, "admin", {})).status).toBe(403);
  });

  test("a live queue is read-only for admins too", async () => {
    for (const path of [
      "/queues/alert/empty",
      "/queues/ingest/obliterate",
      "/queues/alert/pause",
    ]) {
      expect((await board("PUT", path, "admin", {})).status, path).toBe(405);
    }
  });

  test("an admin cleans one entry and empties a queue, each audited", async () => {
    const { jobs } = await kill(2, "cleaned");
    const [id = ""] = jobs;
    const path = `/queues/dlq-forwarder/${encodeURIComponent(id)}/clean`;
    expect((await board("PUT", path, "admin")).status).toBe(204);
    expect(await jobIds()).not.toContain(id);
    expect((await audit("board.clean"))[0]).toMatchObject({
      actor: "admin",
      target: `dlq-forwarder/${id}`,
    });
    for (const [path, status] of [
      ["obliterate", 400],
      ["pause", 200],
      ["obliterate", 200],
    ] as const) {
      const answer = await board("PUT", `/queues/dlq-forwarder/${path}`, "admin", { force: true });
      expect(answer.status, path).toBe(status);
    }
    expect(await parked()).toBe(0);
    expect((await audit("board")).slice(0, 5)).toMatchObject([
      { action: "board.obliterate.outcome", new: { status: 200 } },
      { action: "board.obliterate", old: { failed: 1 } },
      { action: "board.pause", target: "dlq-forwarder" },
      { action: "board.obliterate.outcome", new: { status: 400 } },
      { action: "board.obliterate", old: { failed: 1 } },
    ]);
  });

  test("data that is no dead letter, or has lost its secrets to the board, is not written back", async () => {
    const { jobs } = await kill(1, "edited");
    const path = `/queues/dlq-forwarder/${encodeURIComponent(jobs[0] ?? "")}`;
    const shown = await board("GET", path, "admin");
    const { data } = shown.body.job as { data: unknown };
    const update = (jobData: unknown) =>
      board("PATCH", `${path}/update-data`, "admin", { jobData });
    for (const [jobData, problem] of [
      [data, "blanked"],
      [{ colour: "red" }, "not a dead letter"],
    ]) {
      const answer = await update(jobData);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain(problem);
    }
    expect(
      (await board("POST", "/queues/dlq-forwarder/add", "admin", { name: "x", data: {} })).status,
    ).toBe(400);
  });
});
