// Plans, redrives, groups and quarantine, on a real Redis and without the apps.
import { createDeadLetterReader, listDeadLetters } from "@mutt/queues";
import {
  advanceRedrive,
  claimRedrive,
  createGroupView,
  listGroups,
  listRedrives,
  type PlanOrder,
  parsePlanOrder,
  parseStartOrder,
  planRedrive,
  quarantineGroup,
  readActive,
  readQuarantined,
  readRedrive,
  releaseGroup,
  startRedrive,
  steerRedrive,
} from "@mutt/redrive";
import { matchesFilter } from "@mutt/replay";
import { readAudit, storeKeys } from "@mutt/store";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DeadLetterDraft, deadLetterOf } from "../e2e/dead-letters.ts";
import { park } from "./redrive-entries.ts";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

const BY = { actor: "ann", role: "operator", reason: "the platform is back" };

/** A prefix of its own with entries in `dlq-forwarder`, and what an operator can do there. */
async function setup(drafts: readonly DeadLetterDraft[] = []) {
  const prefix = uniquePrefix("redrive");
  const client = redis.client();
  const entries = createDeadLetterReader(client, prefix);
  const settings = { maxPoisonRetries: 3, batchSize: 10, intervalSeconds: 5 };
  const deps = { redis: client, prefix, auditKey: storeKeys(prefix).audit, entries, settings };
  await park({ redis, prefix }, "dlq-forwarder", drafts);
  const plan = (order: Partial<PlanOrder> = {}) =>
    planRedrive(deps, { filter: {}, ...order, actor: "ann" });
  const start = async (order: Partial<PlanOrder> = {}, all = false) => {
    const { plan_id: planId } = await plan(order);
    return await startRedrive(deps, { planId, reason: BY.reason, maxPerSecond: 5, all }, BY);
  };
  return {
    deps,
    plan,
    start,
    audit: () => readAudit(client, prefix),
    park: (queue: Parameters<typeof park>[1], more: readonly DeadLetterDraft[]) =>
      park({ redis, prefix }, queue, more),
  };
}

const drafts = (count: number, fields: Partial<DeadLetterDraft> = {}): DeadLetterDraft[] =>
  Array.from({ length: count }, (_, index) => ({ ...fields, id: `${fields.id ?? "d"}${index}` }));

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe("a plan", () => {
  test("says what would be replayed, what not and why, and changes nothing", async () => {
    const { deps, plan, park } = await setup([
      ...drafts(3, { id: "young", severity: 2 }),
      ...drafts(2, { id: "old", class: "permanent", severity: 5, failedAt: minutesAgo(60) }),
      { id: "poison", replays: 3 },
      ...drafts(2, { id: "aside", error: "boom" }),
    ]);
    await park("dlq-alerter", drafts(4, { id: "shed", class: "capacity", reason: "shed" }));
    await park("dlq-dead", [{ id: "dead", replays: 3 }]);
    await quarantineGroup(deps, deadLetterOf({ id: "x", error: "boom" }).fingerprint, BY);

    const made = await plan();
    expect(made).toMatchObject({
      count: 9,
      queues: ["dlq-forwarder", "dlq-alerter"],
      by_queue: { "dlq-forwarder": 5, "dlq-alerter": 4 },
      by_class: { transient_downstream: 3, permanent: 2, capacity: 4 },
      by_severity: { 2: 3, 3: 4, 5: 2 },
      not_eligible: [
        { reason: "quarantined", count: 2 },
        { reason: "out_of_replays", count: 1 },
        { reason: "terminal", count: 1 },
      ],
      estimate_seconds: 5,
    });
    expect(made.sample).toHaveLength(5);
    expect(Date.parse(made.oldest ?? "")).toBeLessThan(Date.now() - 59 * 60_000);
    expect(Date.parse(made.expires_at)).toBeGreaterThan(Date.now() + 59 * 60_000);
    expect(await plan()).toMatchObject({ count: 9 });
  });

  test("holds what its filter means alone; who names a quarantined kind, or dlq-dead, means it", async () => {
    const { deps, plan, park } = await setup([
      ...drafts(3, { id: "a", severity: 2 }),
      ...drafts(2, { id: "b", severity: 5, error: "boom" }),
    ]);
    await park("dlq-dead", [{ id: "dead", replays: 3 }]);
    const { fingerprint } = deadLetterOf({ id: "x", error: "boom" });
    await quarantineGroup(deps, fingerprint, BY);
    expect((await plan({ filter: { severity: 2 } })).count).toBe(3);
    expect((await plan({ filter: { severity: 5 } })).count).toBe(0);
    expect((await plan({ filter: { fingerprint } })).count).toBe(2);
    expect((await plan({ filter: { queue: "dlq-dead" } })).count).toBe(1);
  });
});

describe("a redrive", () => {
  test("is refused without a plan, without entries, and for everything unless that is said", async () => {
    const { deps, start, plan } = await setup(drafts(3));
    const order = { reason: "r", maxPerSecond: 1, all: false };
    await expect(startRedrive(deps, { planId: "rd-0", ...order }, BY)).rejects.toMatchObject({
      reason: "not_found",
    });
    await expect(start({ filter: { severity: 0 } })).rejects.toMatchObject({ field: "planId" });
    await expect(start()).rejects.toMatchObject({ reason: "invalid", field: "all" });
    await expect(start({ filter: { queue: "dlq-forwarder" } })).rejects.toMatchObject({
      field: "all",
    });
    expect(await start({ all: true })).toMatchObject({ state: "running", total: 3 });
    expect((await plan()).count).toBe(3);
  });

  test("works on a queue alone: a second one is refused until the first is over", async () => {
    const { deps, start, park } = await setup(drafts(3));
    await park("dlq-alerter", drafts(2));
    const first = await start({ filter: { queue: "dlq-forwarder" } }, true);
    await expect(start({ filter: { severity: 3 } })).rejects.toMatchObject({
      reason: "conflict",
      message: expect.stringContaining(first.id),
    });
    const other = await start({ filter: { queue: "dlq-alerter" } }, true);
    expect(await readActive(deps)).toEqual([first.id, other.id].sort());
    await steerRedrive(deps, { id: first.id, order: "cancel" }, BY);
    const again = await start({ filter: { queue: "dlq-forwarder", severity: 3 } });
    expect((await listRedrives(deps, { limit: 2 })).items.map(({ id }) => id)).toEqual([
      again.id,
      other.id,
    ]);
    const { next } = await listRedrives(deps, { limit: 2 });
    expect((await listRedrives(deps, { limit: 2, after: next })).items).toMatchObject([
      { id: first.id, state: "cancelled" },
    ]);
  });

  test("of two that are started at once from one plan, one is", async () => {
    const { deps, plan } = await setup(drafts(3));
    const { plan_id: planId } = await plan({ all: true });
    const order = { planId, reason: "r", maxPerSecond: 1, all: false };
    const outcomes = await Promise.allSettled([
      startRedrive(deps, order, BY),
      startRedrive(deps, order, BY),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  test("is paused, resumed and cancelled, and each of it is in the audit log with who, why and how far", async () => {
    const { deps, start, audit } = await setup(drafts(3));
    const { id } = await start({ filter: { severity: 3 } });
    const steer = (order: "pause" | "resume" | "cancel") => steerRedrive(deps, { id, order }, BY);
    await expect(steer("resume")).resolves.toMatchObject({ state: "running" });
    expect(await steer("pause")).toMatchObject({ state: "paused" });
    expect(await claimRedrive(deps, id, "w")).toBeUndefined();
    expect(await steer("resume")).toMatchObject({ state: "running" });
    expect(await steer("cancel")).toMatchObject({ state: "cancelled" });
    await expect(steer("pause")).rejects.toMatchObject({ reason: "conflict" });
    await expect(steerRedrive(deps, { id: "rd-0", order: "pause" }, BY)).rejects.toMatchObject({
      reason: "not_found",
    });
    expect((await audit()).reverse()).toMatchObject([
      {
        action: "redrive.start",
        target: id,
        ...BY,
        new: { filter: { severity: 3 }, count: 3, by_class: { transient_downstream: 3 } },
      },
      { action: "redrive.pause", ...BY, old: { state: "running" }, new: { state: "paused" } },
      { action: "redrive.resume", ...BY },
      { action: "redrive.cancel", ...BY, new: { state: "cancelled", done: 0, skipped: 0 } },
    ]);
  });

  test("is worked on by one process at a time; what an older one still writes is refused", async () => {
    const { deps, start, audit } = await setup(drafts(3));
    const { id } = await start({ filter: { severity: 3 } });
    const step = { done: 2, skipped: 0, places: { "dlq-forwarder": "1 d0~r0" } } as const;
    const first = await claimRedrive(deps, id, "one");
    expect(first).toEqual({ fence: 1, places: {} });
    expect(await claimRedrive(deps, id, "two")).toBeUndefined();
    expect(await advanceRedrive(deps, id, { fence: 1, step })).toBe("running");
    // As if the first had not been heard of for long.
    await deps.redis.hset(`${deps.prefix}:redrive:run:${id}`, "until", 1);
    const second = await claimRedrive(deps, id, "two");
    expect(second).toEqual({ fence: 2, places: step.places });
    expect(await advanceRedrive(deps, id, { fence: 1, step })).toBe("lost");
    const end = { ...step, done: 1, end: { state: "done" } } as const;
    expect(await advanceRedrive(deps, id, { fence: 2, step: end })).toBe("done");
    expect(await readRedrive(deps, id)).toMatchObject({
      state: "done",
      done: 3,
      waiting_for: null,
    });
    expect(await readActive(deps)).toEqual([]);
    expect(await audit()).toContainEqual(
      expect.objectContaining({
        action: "redrive.done",
        target: id,
        new: { state: "done", done: 3, skipped: 0 },
      }),
    );
  });
});

test("a kind is quarantined and released once each, with a reason, and audited", async () => {
  const { deps, audit } = await setup();
  const fingerprint = "00000000000000aa";
  await expect(quarantineGroup(deps, "xyz", BY)).rejects.toMatchObject({ field: "fingerprint" });
  await expect(quarantineGroup(deps, fingerprint, { actor: "ann" })).rejects.toMatchObject({
    field: "reason",
  });
  expect(await quarantineGroup(deps, fingerprint, BY)).toMatchObject({ actor: "ann" });
  await expect(quarantineGroup(deps, fingerprint, BY)).rejects.toMatchObject({
    reason: "conflict",
  });
  expect([...(await readQuarantined(deps)).keys()]).toEqual([fingerprint]);
  await releaseGroup(deps, fingerprint, BY);
  await expect(releaseGroup(deps, fingerprint, BY)).rejects.toMatchObject({ reason: "not_found" });
  expect((await audit()).reverse()).toMatchObject([
    { action: "dlq.quarantine", target: fingerprint, ...BY },
    { action: "dlq.release", target: fingerprint, ...BY },
  ]);
});

test("groups tell kinds apart, the largest first, with their queues, hosts and times", async () => {
  const { deps, park } = await setup([
    ...drafts(3, { id: "a", hostname: "h1", failedAt: "2026-11-24T01:00:00.000Z" }),
    ...drafts(2, { id: "b", hostname: "h2", failedAt: "2026-11-24T02:00:00.000Z" }),
    { id: "c", error: "boom" },
  ]);
  await park("dlq-alerter", [{ id: "d", error: "boom" }]);
  const { fingerprint } = deadLetterOf({ id: "x", error: "boom" });
  await quarantineGroup(deps, fingerprint, BY);
  const { groups, others } = await listGroups(deps);
  expect(others).toBe(0);
  expect(groups).toMatchObject([
    {
      count: 5,
      error: "HTTP 503",
      queues: { "dlq-forwarder": 5 },
      hosts: [
        { host: "h1", count: 3 },
        { host: "h2", count: 2 },
      ],
      oldest_at: "2026-11-24T01:00:00.000Z",
      newest_at: "2026-11-24T02:00:00.000Z",
      quarantined: false,
    },
    { count: 2, queues: { "dlq-forwarder": 1, "dlq-alerter": 1 }, quarantined: true },
  ]);
});

test("those who ask for groups at once share a reading, and see a change after it was announced", async () => {
  const { deps } = await setup(drafts(2));
  const view = createGroupView(deps);
  const [one, two] = await Promise.all([view.read(), view.read()]);
  expect(one).toBe(two);
  await quarantineGroup(deps, one.groups[0]?.fingerprint ?? "", BY);
  view.forget();
  expect((await view.read()).groups).toMatchObject([{ quarantined: true }]);
});

describe("the list", () => {
  test("goes over all queues and states, newest first, page by page, each entry once", async () => {
    const at = (minute: number) => `2026-11-24T01:${String(minute).padStart(2, "0")}:00.000Z`;
    const of = (id: string, minutes: readonly number[]) =>
      minutes.map((minute) => ({ id: `${id}${minute}`, failedAt: at(minute) }));
    const { deps, park } = await setup(of("f", [1, 4, 5, 9, 20]));
    await park("dlq-alerter", of("a", [2, 3, 6, 10, 21]));
    await park("dlq-dead", of("x", [7, 8]));
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const part = await listDeadLetters(deps.entries, () => true, { limit: 5, cursor });
      seen.push(...part.items.map(({ entry }) => entry.alert_id));
      cursor = part.next;
      pages++;
    } while (cursor !== undefined);
    expect(seen).toEqual("a21 f20 a10 f9 x8 x7 a6 f5 f4 a3 a2 f1".split(" "));
    expect(pages).toBe(3);
  });

  test("shows what a filter means, and refuses a cursor that it did not give", async () => {
    const { deps } = await setup([...drafts(30, { severity: 5 }), { id: "one", severity: 0 }]);
    const { items, next } = await listDeadLetters(
      deps.entries,
      (item) => matchesFilter(item, { severity: 0 }, Date.now() + 1000),
      { limit: 10 },
    );
    expect(items.map(({ id }) => id)).toEqual(["one~r0"]);
    expect(next).toBeUndefined();
    const wrong = listDeadLetters(deps.entries, () => true, { limit: 1, cursor: "nonsense" });
    await expect(wrong).rejects.toThrow(/cursor/);
  });
});

test("5,000 entries are listed, grouped and planned without a command that Redis finds slow", async () => {
  const { deps, plan } = await setup(drafts(5000));
  await deps.redis.config("SET", "slowlog-log-slower-than", "50000");
  // Redis measures by the clock on the wall: only what is slow each time is slow by itself.
  let slow: unknown;
  for (let tries = 0; tries < 5 && slow !== 0; tries++) {
    await deps.redis.call("SLOWLOG", "RESET");
    const [list, groups, made] = await Promise.all([
      listDeadLetters(deps.entries, () => false, { limit: 10 }),
      listGroups(deps),
      plan(),
    ]);
    expect(list.items).toEqual([]);
    expect(groups.groups).toMatchObject([{ count: 5000 }]);
    expect(made.count).toBe(5000);
    slow = await deps.redis.call("SLOWLOG", "LEN");
  }
  expect(slow).toBe(0);
});

describe("a request that somebody typed", () => {
  test.each([
    [{ reason: "r", maxPerSecond: 1 }, "planId"],
    [{ planId: "p", maxPerSecond: 1 }, "reason"],
    [{ planId: "p", reason: "  ", maxPerSecond: 1 }, "reason"],
    [{ planId: "p", reason: "r", maxPerSecond: 0 }, "maxPerSecond"],
    [{ planId: "p", reason: "r", maxPerSecond: "fast" }, "maxPerSecond"],
    [{ planId: "p", reason: "r", maxPerSecond: 1, force: true }, "force"],
    ["x", "planId"],
  ])("to start, %j, is refused and %s is named", (raw, field) => {
    expect(() => parseStartOrder(raw)).toThrow(expect.objectContaining({ field }));
  });

  test("may spell its fields as the answers do", () => {
    const raw = { plan_id: "p", reason: " why ", max_per_second: 2.5 };
    expect(parseStartOrder(raw)).toEqual({
      planId: "p",
      reason: "why",
      maxPerSecond: 2.5,
      all: false,
    });
  });

  test("to plan names the field of the filter that is wrong", () => {
    expect(() => parsePlanOrder({ filter: { severity: 9 } })).toThrow(
      expect.objectContaining({ field: "filter.severity" }),
    );
    expect(() => parsePlanOrder({ filter: { hots: "x" } })).toThrow(/filter\.hots/);
    expect(parsePlanOrder(undefined)).toEqual({ filter: {}, all: false });
  });
});
