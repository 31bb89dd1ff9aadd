import type { Severity } from "@mutt/event";
import { describe, expect, test } from "vitest";
import { createAutomaton } from "./automaton.ts";
import type { Needle } from "./outputs.ts";
import { createRandom } from "./random.test-support.ts";

const NO_RULE = 1000;

function needle(text: string, rank: number, change: Partial<Needle> = {}): Needle {
  return { text, rank, severity: 7, settles: true, ...change };
}

function scan(needles: readonly Needle[], text: string, severity: Severity = 4, bound = NO_RULE) {
  const candidates: number[] = [];
  const rank = createAutomaton(needles).scan(text, severity, bound, candidates);
  return { rank, candidates: [...new Set(candidates)].sort((a, b) => a - b) };
}

describe("createAutomaton", () => {
  test("finds nothing when there is nothing to find", () => {
    expect(scan([], "text")).toEqual({ rank: NO_RULE, candidates: [] });
  });

  test("finds texts that lie within, before and across one another", () => {
    const needles = [needle("he", 3), needle("hers", 2), needle("she", 1), needle("his", 0)];
    expect(scan(needles, "ushe").rank).toBe(1);
    expect(scan(needles, "a hers").rank).toBe(2);
    expect(scan(needles, "the").rank).toBe(3);
    expect(scan(needles, "shis").rank).toBe(0);
    expect(scan(needles, "hrs").rank).toBe(NO_RULE);
  });

  test("returns the bound when no better rule is found", () => {
    expect(scan([needle("a", 5)], "a", 4, 3)).toEqual({ rank: 3, candidates: [] });
  });

  test("leaves out rules for severer events only", () => {
    const needles = [
      needle("a", 0, { severity: 3 }),
      needle("a", 1, { severity: 4, settles: false }),
    ];
    expect(scan(needles, "a", 3)).toEqual({ rank: 0, candidates: [] });
    expect(scan(needles, "a", 4)).toEqual({ rank: NO_RULE, candidates: [1] });
    expect(scan(needles, "a", 5)).toEqual({ rank: NO_RULE, candidates: [] });
  });

  test("collects the candidates of all texts that end at one place, below the best rank", () => {
    const candidate = { settles: false };
    const needles = [
      needle("link down", 7, candidate),
      needle("down", 2, candidate),
      needle("own", 9, candidate),
      needle("wn", 8),
      needle("n", 4, candidate),
    ];
    expect(scan(needles, "link down").candidates).toEqual([2, 4, 7]);
  });

  test.each([1, 100, 2000, 1e6])(
    "finds what a plain search finds with a table of %d entries",
    (entries) => {
      const random = createRandom(entries);
      const text = (length: number) =>
        Array.from({ length }, () => random.pick([..."abcdé"])).join("");
      const needles = Array.from({ length: 400 }, (_, rank) =>
        needle(text(2 + random.below(6)), rank, {
          severity: random.below(8) as Severity,
          settles: random.below(3) > 0,
        }),
      );
      const automaton = createAutomaton(needles, entries);
      for (let i = 0; i < 300; i++) {
        const message = text(random.below(40));
        const severity = random.below(8) as Severity;
        const found = needles.filter(
          (one) => one.severity >= severity && message.includes(one.text),
        );
        const rank = found.find((one) => one.settles)?.rank ?? NO_RULE;
        const worthASearch = found.filter((one) => !one.settles && one.rank < rank);
        const candidates: number[] = [];
        expect(automaton.scan(message.toUpperCase(), severity, NO_RULE, candidates)).toBe(rank);
        expect(candidates).toEqual(expect.arrayContaining(worthASearch.map((one) => one.rank)));
        expect(found.map((one) => one.rank)).toEqual(expect.arrayContaining(candidates));
      }
    },
  );
});
