import { expect, test } from "vitest";
import { askGates, type GateName, type PipelineView } from "./gates.ts";

const FINE: PipelineView = {
  isEnabled: true,
  isShedding: false,
  memoryUse: 0.1,
  isMoogUnhealthy: false,
  breaker: "closed",
  breakerWaitMs: 0,
  depth: 0,
  drainRate: 50,
};

const ask = (view: Partial<PipelineView>) => askGates({ ...FINE, ...view });
const closedBy = (gate: GateName) => ({ kind: "closed", gate });

test("replays go on while nothing speaks against them", () => {
  expect(ask({})).toEqual({ kind: "open" });
});

test.each<[Partial<PipelineView>, GateName]>([
  [{ isEnabled: false }, "disabled"],
  [{ isShedding: true }, "shedding"],
  [{ memoryUse: 0.75 }, "redis_memory"],
  [{ isMoogUnhealthy: true }, "moog_health"],
  [{ breaker: "open", breakerWaitMs: 1 }, "breaker"],
])("%j closes the gate %s", (view, gate) => {
  expect(ask(view)).toEqual(closedBy(gate));
});

test("of several gates the first one in the list is named", () => {
  const all = { isEnabled: false, isShedding: true, memoryUse: 1, isMoogUnhealthy: true };
  expect(ask(all)).toEqual(closedBy("disabled"));
  expect(ask({ ...all, isEnabled: true })).toEqual(closedBy("shedding"));
});

test("memory just below three quarters is enough", () => {
  expect(ask({ memoryUse: 0.7499 })).toEqual({ kind: "open" });
});

test.each(["open", "half_open"] as const)(
  "a breaker that is %s and may be tried lets one entry go, when nothing else can try it",
  (breaker) => {
    expect(ask({ breaker, breakerWaitMs: 0, depth: 0 })).toEqual({ kind: "canary" });
    expect(ask({ breaker, breakerWaitMs: 0, depth: 1 })).toEqual(closedBy("breaker"));
    expect(ask({ breaker, breakerWaitMs: 500, depth: 0 })).toEqual(closedBy("breaker"));
  },
);

test.each([
  [50, 0, "open"],
  [51, 0, "closed"],
  [100, 50, "open"],
  [101, 50, "closed"],
])("with %d deliveries waiting at %d a second the way is %s", (depth, drainRate, kind) => {
  const answer = ask({ depth, drainRate });
  expect(answer.kind).toBe(kind);
  if (kind === "closed") expect(answer).toEqual(closedBy("backlog"));
});
