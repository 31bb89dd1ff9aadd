import { expect, test } from "vitest";
import type { Exit, Running } from "./launch.ts";
import { nextDelay, supervise } from "./supervisor.ts";

/** A process that ends when told to, or on SIGTERM unless it is stubborn. */
function fakeProcess(pid: number, options: { stubborn?: boolean } = {}) {
  const { promise: exited, resolve: end } = Promise.withResolvers<Exit>();
  const signals: NodeJS.Signals[] = [];
  const running: Running = {
    pid,
    exited,
    kill: (signal) => {
      signals.push(signal);
      if (signal === "SIGKILL" || !options.stubborn) end({ code: null, signal });
    },
  };
  return { running, end, signals };
}

function setup(options: { stubborn?: boolean } = {}) {
  const lines: string[] = [];
  const launched: ReturnType<typeof fakeProcess>[] = [];
  const first = fakeProcess(1, options);
  const kept = supervise({
    name: "alerter",
    running: first.running,
    launch: async () => {
      const next = fakeProcess(launched.length + 2, options);
      launched.push(next);
      return next.running;
    },
    log: (line) => lines.push(line),
    backoff: { firstMs: 1, maxMs: 4, resetAfterMs: 60_000 },
  });
  return { kept, first, launched, lines };
}

test.each([
  ["the first death", undefined, 10, 500],
  ["a second one soon after", 500, 10, 1_000],
  ["many", 16_000, 10, 30_000],
  ["one after a minute of life", 30_000, 60_000, 500],
])("waits before the next start: %s", (_name, previousMs, livedMs, expected) => {
  expect(nextDelay(previousMs, livedMs)).toBe(expected);
});

test("starts a process that died again, with a line for both", async () => {
  const { kept, first, launched, lines } = setup();
  first.end({ code: null, signal: "SIGKILL" });
  await expect
    .poll(() => lines)
    .toEqual([
      "alerter was killed by SIGKILL; starting it again in 0.001 s",
      "alerter started again as process 2",
    ]);
  await kept.stop({ graceMs: 1_000 });
  expect(launched[0]?.signals).toEqual(["SIGTERM"]);
});

test("does not start again what ends while it is stopped", async () => {
  const { kept, launched, lines } = setup();
  await kept.stop({ graceMs: 1_000 });
  await kept.stop({ graceMs: 1_000 });
  expect(launched).toEqual([]);
  expect(lines).toEqual([]);
});

test("kills what does not stop in time, with a line", async () => {
  const { kept, first, lines } = setup({ stubborn: true });
  await kept.stop({ graceMs: 10 });
  expect(first.signals).toEqual(["SIGTERM", "SIGKILL"]);
  expect(lines).toEqual(["alerter did not stop within 0.01 s: killed"]);
});

test("kills at once when forced", async () => {
  const { kept, first } = setup({ stubborn: true });
  const force = new AbortController();
  const stopped = kept.stop({ graceMs: 60_000, force: force.signal });
  force.abort();
  await stopped;
  expect(first.signals).toEqual(["SIGTERM", "SIGKILL"]);
});

test("tries again when a start fails", async () => {
  const lines: string[] = [];
  const first = fakeProcess(1);
  const third = fakeProcess(3);
  let attempts = 0;
  const kept = supervise({
    name: "redis",
    running: first.running,
    launch: async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("port in use");
      return third.running;
    },
    log: (line) => lines.push(line),
    backoff: { firstMs: 1, maxMs: 4, resetAfterMs: 60_000 },
  });
  first.end({ code: 1, signal: null });
  await expect.poll(() => lines.at(-1)).toBe("redis started again as process 3");
  expect(lines).toContain("redis could not be started (port in use); starting it again in 0.002 s");
  await kept.stop({ graceMs: 1_000 });
});
