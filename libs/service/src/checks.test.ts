import { describe, expect, test, vi } from "vitest";
import { createCheckRunner } from "./checks.ts";

describe("createCheckRunner", () => {
  test("takes nothing for good, a sentence or a throw for bad", async () => {
    const run = createCheckRunner([
      { name: "good", check: async () => undefined },
      { name: "quiet", check: () => undefined },
      { name: "bad", check: () => "queue is full" },
      {
        name: "thrown",
        check: async () => {
          throw new Error("connection refused");
        },
      },
    ]);
    expect(await run()).toEqual([
      { name: "good", ok: true },
      { name: "quiet", ok: true },
      { name: "bad", ok: false, detail: "queue is full" },
      { name: "thrown", ok: false, detail: "connection refused" },
    ]);
  });

  test("answers for a check that hangs, and does not start it a second time", async () => {
    vi.useFakeTimers();
    try {
      const answer = Promise.withResolvers<undefined>();
      let starts = 0;
      const check = () => {
        starts += 1;
        return answer.promise;
      };
      const run = createCheckRunner([{ name: "redis", check }]);
      const hung = { name: "redis", ok: false, detail: "no answer within 1000 ms" };
      for (let probe = 0; probe < 2; probe += 1) {
        const results = run();
        await vi.advanceTimersByTimeAsync(1000);
        expect(await results).toEqual([hung]);
      }
      expect(starts).toBe(1);

      answer.resolve(undefined);
      await vi.advanceTimersByTimeAsync(0);
      expect(await run()).toEqual([{ name: "redis", ok: true }]);
      expect(starts).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });
});
