// The judge of the chaos suite, held against records that were made up: it finds what it is there to find.
import { describe, expect, test } from "vitest";
import { formatFault, resourceOf } from "../faults/fault.ts";
import { membersOf } from "../faults/in-hand.ts";
import { createPipe } from "../faults/pipe.ts";
import { drawSchedule } from "../faults/schedule.ts";
import { parseOptions } from "../options.ts";
import type { Attempt, EventKind, SentRequest } from "../oracle/sent.ts";
import { commandsAbout, parseCommands } from "../report/append-only-file.ts";
import { duplicatesBound } from "./bound.ts";
import { judgeSlo, type SloAnswer, seenFailures } from "./check-slo.ts";
import type { Delivery, Evidence, Parked } from "./evidence.ts";
import { judge } from "./judge.ts";

let requests = 0;

/** A request of one event that was accepted under the id of its marker, after tries that came to `outcomes`. */
function sent(
  kind: EventKind,
  { key = false, outcomes = [] as (number | string)[], reason = "redis_unavailable" } = {},
): SentRequest {
  const id = requests++;
  const marker = `mark-1-0-${id}`;
  const attempts = outcomes.map((outcome) => ({ at: 0, endedAt: 1, outcome, reason }));
  return {
    id,
    sender: 0,
    shape: "single",
    ...(key ? { idempotencyKey: `k${id}` } : {}),
    events: [{ marker, kind, hostname: `${kind}.example.net`, body: {} }],
    attempts: [...attempts, { at: 2, endedAt: 3, outcome: 202 }],
    ids: [`id-${id}`],
  };
}

function delivery(request: SentRequest, more: Partial<Delivery> = {}): Delivery {
  const [event] = request.events;
  return {
    id: request.ids?.[0] ?? "",
    times: 1,
    hostname: event?.hostname ?? "",
    isGenerated: false,
    marker: event?.marker ?? "",
    ...more,
  };
}

function parked(request: SentRequest, more: Partial<Parked> = {}): Parked {
  const alertId = request.ids?.[0] ?? "";
  return {
    queue: "dlq-forwarder",
    jobId: `${alertId}~r0`,
    state: "failed",
    alertId,
    class: "permanent",
    reason: "rejected",
    failedReason: "HTTP 400",
    replays: 0,
    hostname: "h",
    isGenerated: false,
    ...more,
  };
}

function evidence(more: Partial<Evidence>): Evidence {
  return {
    requests: [],
    deliveries: [],
    parked: [],
    logged: new Set(),
    strays: new Map(),
    strayThreshold: 40,
    inHand: 0,
    ...more,
  };
}

const whatOf = (more: Partial<Evidence>): string[] => judge(evidence(more)).map(({ what }) => what);

describe("judge", () => {
  test("finds nothing where every event is at its end or a dead letter with a reason", () => {
    const [forward, poison, log, stray] = (["forward", "poison", "log", "stray"] as const).map(
      (kind) => sent(kind),
    ) as [SentRequest, SentRequest, SentRequest, SentRequest];
    const found = whatOf({
      requests: [forward, poison, log, stray],
      deliveries: [delivery(forward)],
      parked: [parked(poison)],
      logged: new Set(log.ids as string[]),
      strays: new Map([["stray.example.net", 1]]),
    });
    expect(found).toEqual([]);
  });

  test.each([
    ["forward", "lost"],
    ["poison", "lost"],
    ["log", "lost"],
    ["stray", "uncounted"],
  ] as const)("finds a lost event of the kind %s", (kind, what) => {
    expect(whatOf({ requests: [sent(kind)] })).toEqual([what]);
  });

  test("names the lost event", () => {
    const lost = sent("forward");
    const [violation] = judge(evidence({ requests: [sent("log"), lost] })).slice(-1);
    expect(violation).toMatchObject({ ids: expect.arrayContaining(lost.ids as string[]) });
  });

  test("finds an event that was delivered although its rule only logs it", () => {
    const log = sent("log");
    const logged = new Set(log.ids as string[]);
    expect(whatOf({ requests: [log], logged, deliveries: [delivery(log)] })).toEqual([
      "delivered against its rule",
    ]);
  });

  test("finds a duplicate under another id, where the sender could know of each try what came of it", () => {
    const other = (request: SentRequest) => delivery(request, { id: "another" });
    const of = (request: SentRequest) =>
      whatOf({ requests: [request], deliveries: [delivery(request), other(request)] });
    const duplicate = ["a duplicate under another id"];
    expect(of(sent("forward"))).toEqual(duplicate);
    expect(of(sent("forward", { outcomes: [429], reason: "rate_limited" }))).toEqual(duplicate);
    expect(of(sent("forward", { outcomes: [503], reason: "redis_memory" }))).toEqual(duplicate);
    expect(of(sent("forward", { outcomes: ["reset"], key: true }))).toEqual(duplicate);
    expect(of(sent("forward", { outcomes: [503] }))).toEqual([]);
    expect(of(sent("forward", { outcomes: ["reset"] }))).toEqual([]);
  });

  test("finds more duplicates than jobs were in hand and requests were repeated", () => {
    const request = sent("forward", { key: true, outcomes: ["reset"] });
    const found = (times: number, inHand: number) =>
      whatOf({ requests: [request], deliveries: [delivery(request, { times })], inHand });
    expect(duplicatesBound({ requests: [request], inHand: 2 })).toBe(3);
    expect(found(4, 2)).toEqual([]);
    expect(found(5, 2)).toEqual(["too many duplicates"]);
  });

  test("finds an alert that stands twice in dlq-dead, and one that says not why", () => {
    const request = sent("forward");
    const dead = { queue: "dlq-dead" } as const;
    const twice = [parked(request, dead), parked(request, { ...dead, jobId: "id~r4" })];
    expect(whatOf({ requests: [request], parked: twice })).toEqual(["twice in dlq-dead"]);
    for (const flaw of [{ reason: "" }, { failedReason: "" }, { state: "active" } as const]) {
      expect(whatOf({ requests: [request], parked: [parked(request, flaw)] })).toEqual([
        "a dead letter without a reason",
      ]);
    }
  });

  test("finds an alert that nobody sent, a missing meta-alert and a bad answer", () => {
    const unknown = { id: "x", times: 1, hostname: "h", isGenerated: false };
    expect(whatOf({ deliveries: [unknown] })).toEqual(["an unknown alert"]);
    expect(whatOf({ deliveries: [{ ...unknown, isGenerated: true }] })).toEqual([]);
    const strays = new Map([["stray.example.net", 2]]);
    const many = { requests: [sent("stray"), sent("stray")], strays, strayThreshold: 2 };
    expect(whatOf(many)).toEqual(["no meta-alert"]);
    const bad = { ...sent("invalid"), ids: [undefined], problem: "it was answered 500" };
    expect(whatOf({ requests: [bad] })).toEqual(["a bad answer"]);
  });

  test("finds an SLO answer that is silent about failures", () => {
    const answer = (bad: number): SloAnswer => ({
      state: "ok",
      components: {
        ingestor: { state: "ok", events: { total: 100, bad } },
        forwarder: { state: "ok", events: { total: 100, bad } },
      },
    });
    expect(judgeSlo(answer(0), { refusals: 20, dead: 20 })).toHaveLength(2);
    expect(judgeSlo(answer(19), { refusals: 20, dead: 20 })).toHaveLength(2);
    expect(judgeSlo(answer(20), { refusals: 20, dead: 20 })).toEqual([]);
    expect(judgeSlo(answer(0), { refusals: 0, dead: 0 })).toEqual([]);
  });
});

describe("failures that were seen", () => {
  const refused: Attempt = { at: 1000, endedAt: 1001, outcome: 503, reason: "redis_unavailable" };
  const stackOf = (killedAt: number, line: string) =>
    ({
      processes: {
        lastKilledAt: () => killedAt,
        all: () => [{ name: "ingestor", logs: () => `first\n${line}\n` }],
      },
    }) as unknown as Parameters<typeof seenFailures>[0];
  const refusals = (killedAt: number, line = "") =>
    seenFailures(stackOf(killedAt, line), [{ ...sent("log"), attempts: [refused] }]).refusals;
  const loss = (at: number) =>
    JSON.stringify({
      time: new Date(at).toISOString(),
      message: "the last counts of the history could not be written",
    });

  test("are those after the last end of a process that took counts with it", () => {
    expect(refusals(0)).toBe(1);
    expect(refusals(999)).toBe(1);
    expect(refusals(1001)).toBe(0);
    expect(refusals(0, loss(999))).toBe(1);
    expect(refusals(0, loss(1001))).toBe(0);
  });
});

describe("a schedule", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(drawSchedule(7, 60)).toEqual(drawSchedule(7, 60));
    expect(drawSchedule(7, 60)).not.toEqual(drawSchedule(8, 60));
  });

  test("ends in time, and no two faults of one resource overlap", () => {
    for (let seed = 0; seed < 50; seed++) {
      const until = new Map<string, number>();
      for (const fault of drawSchedule(seed, 40)) {
        const resource = resourceOf(fault);
        expect(fault.atMs, formatFault(fault)).toBeGreaterThanOrEqual(until.get(resource) ?? 0);
        expect(fault.atMs + fault.holdMs).toBeLessThanOrEqual(40_000);
        until.set(resource, fault.atMs + fault.holdMs);
      }
    }
  });

  test("has every kind of fault within a minute and a half", () => {
    const kinds = new Set(drawSchedule(3, 90).map(({ kind }) => kind));
    expect(kinds.size).toBe(14);
  });
});

test("options say which seeds are run, and bad ones are refused", () => {
  expect(parseOptions(["--seed=5", "--seeds=3", "--seconds=10"], 0)).toEqual({
    seeds: [5, 6, 7],
    seconds: 10,
    isKept: false,
  });
  expect(parseOptions(["--seed=5"], 0)?.seeds).toEqual([5]);
  expect(parseOptions(["--quick"], 0)).toMatchObject({ seconds: 20 });
  expect(() => parseOptions(["--seconds=soon"], 0)).toThrow("--seconds is soon");
});

test("a pipe keeps the order of what it delays and holds, and gives nothing once it is dead", async () => {
  const got: string[] = [];
  const to = { writable: true, write: (chunk: unknown) => got.push(String(chunk)) > 0 };
  const waits = [30, 5, 0];
  const pipe = createPipe(to, () => waits.shift() ?? 0);
  for (const text of ["a", "b", "c"]) pipe.push(Buffer.from(text));
  expect(got).toEqual([]);
  await expect.poll(() => got.join("")).toBe("abc");
  pipe.hold();
  pipe.push(Buffer.from("d"));
  expect(got).toHaveLength(3);
  pipe.resume();
  expect(got.join("")).toBe("abcd");
  pipe.die();
  pipe.push(Buffer.from("e"));
  expect(got).toHaveLength(4);
});

test("the story of an event is read out of the append-only file by its jobs", () => {
  const wire = (...args: string[]) =>
    `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join("")}`;
  const file = [
    "#TS:1700000000\r\n",
    wire("HMSET", "p:alert:d1.2", "data", '{"external_id":"id-1"}'),
    wire("LPUSH", "p:alert:wait", "d1.2"),
    wire("LPUSH", "p:alert:wait", "d2.1"),
  ].join("");
  const commands = parseCommands(Buffer.from(file));
  expect(commands).toHaveLength(3);
  expect(commandsAbout("id-1", commands).map(({ at, args }) => [at, args[0]])).toEqual([
    [1_700_000_000_000, "HMSET"],
    [1_700_000_000_000, "LPUSH"],
  ]);
  expect(membersOf("alert/dAbCdEfGhIjKlMnOpQrStU.17~r1")).toBe(17);
  expect(membersOf("dlq-dead/0192-some-alert~r0")).toBe(1);
});
