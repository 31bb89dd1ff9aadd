import type { IngestJob } from "@mutt/queues";
import { describe, expect, test, vi } from "vitest";
import type { Admission } from "./admission.ts";
import type { SizedEvent } from "./chunks.ts";
import { createIntake } from "./intake.ts";

const ADMITTED: Admission = { verdict: "admitted", depth: 1 };
const NEVER = new AbortController().signal;

let made = 0;

function events(count: number): SizedEvent[] {
  return Array.from({ length: count }, () => {
    made += 1;
    const event = {
      id: `e${made}`,
      correlation_id: "c",
      hostname: "sw1",
      message: "link down",
      severity: 4 as const,
      timestamp: "2026-01-01T00:00:00.000Z",
      received_at: "2026-01-01T00:00:00.000Z",
    };
    return { event, bytes: 200 };
  });
}

const idsOf = (sized: SizedEvent[]) => sized.map(({ event }) => event.id);

/** An intake whose adds end when the test says so. */
function setup() {
  const decisions: number[][] = [];
  const adds: { ids: string[]; end: PromiseWithResolvers<void> }[] = [];
  const released: number[] = [];
  const verdicts: Admission[] = [];
  const intake = createIntake({
    admit: async (counts) => {
      decisions.push([...counts]);
      return counts.map(() => verdicts.shift() ?? ADMITTED);
    },
    addChunks: (chunks: IngestJob[]) => {
      const end = Promise.withResolvers<void>();
      adds.push({ ids: chunks.flatMap((chunk) => chunk.events.map(({ id }) => id)), end });
      return end.promise;
    },
    release: (count) => released.push(count),
  });
  const submit = (sized: SizedEvent[], givenUp: AbortSignal = NEVER) =>
    intake.submit(sized, givenUp);
  /** Waits until so many adds are under way or done. */
  const untilAdds = (count: number) =>
    vi.waitFor(() => expect(adds).toHaveLength(count), { interval: 1 });
  const endAdds = () => {
    for (const { end } of adds) end.resolve();
  };
  return { submit, decisions, adds, released, verdicts, untilAdds, endAdds };
}

/** Says whether a promise has settled by the next turns of the loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe("the intake", () => {
  test("answers only after the add has ended", async () => {
    const { submit, adds, untilAdds } = setup();
    const answer = submit(events(1));
    await untilAdds(1);
    expect(await isSettled(answer)).toBe(false);
    adds[0]?.end.resolve();
    expect(await answer).toEqual(ADMITTED);
  });

  test("lets the requests of one turn share one decision and one add, in their order", async () => {
    const { submit, decisions, adds, untilAdds, endAdds } = setup();
    const [one, three, two] = [events(1), events(3), events(2)];
    const answers = [submit(one), submit(three), submit(two)];
    await untilAdds(1);
    endAdds();
    expect(await Promise.all(answers)).toEqual([ADMITTED, ADMITTED, ADMITTED]);
    expect(decisions).toEqual([[1, 3, 2]]);
    expect(adds[0]?.ids).toEqual(idsOf([...one, ...three, ...two]));
  });

  test("gathers what comes while three flushes are under way", async () => {
    const { submit, decisions, untilAdds, endAdds } = setup();
    const answers: Promise<Admission>[] = [];
    for (let flush = 1; flush <= 3; flush += 1) {
      answers.push(submit(events(1)));
      await untilAdds(flush);
    }
    answers.push(...Array.from({ length: 10 }, () => submit(events(1))));
    expect(await isSettled(Promise.any(answers))).toBe(false);
    expect(decisions).toEqual([[1], [1], [1]]);
    endAdds();
    await untilAdds(4);
    endAdds();
    await Promise.all(answers);
    expect(decisions[3]).toEqual(Array(10).fill(1));
  });

  test("bounds a flush, and never splits a request", async () => {
    const { submit, decisions, untilAdds, endAdds } = setup();
    const answers = [1500, 1500, 9000, 10].map((count) => submit(events(count)));
    await untilAdds(3);
    endAdds();
    await Promise.all(answers);
    expect(decisions).toEqual([[1500, 1500], [9000], [10]]);
  });

  test("gives each request its own verdict and adds only what was admitted", async () => {
    const { submit, adds, verdicts, untilAdds, endAdds } = setup();
    const limited: Admission = { verdict: "rate_limited", waitMs: 700 };
    const full: Admission = { verdict: "full", depth: 9 };
    verdicts.push(ADMITTED, limited, full, ADMITTED);
    const requests = [events(1), events(2), events(3), events(4)] as const;
    const answers = requests.map((request) => submit(request));
    await untilAdds(1);
    endAdds();
    expect(await Promise.all(answers)).toEqual([ADMITTED, limited, full, ADMITTED]);
    expect(adds[0]?.ids).toEqual(idsOf([...requests[0], ...requests[3]]));
  });

  test("adds nothing when nothing was admitted", async () => {
    const { submit, adds, verdicts } = setup();
    verdicts.push({ verdict: "rate_limited", waitMs: 700 });
    expect(await submit(events(1))).toMatchObject({ verdict: "rate_limited" });
    expect(adds).toEqual([]);
  });

  test("rejects the admitted requests of an add that fails, and gives their places back", async () => {
    const { submit, adds, verdicts, released, untilAdds } = setup();
    const limited: Admission = { verdict: "rate_limited", waitMs: 700 };
    verdicts.push(ADMITTED, limited, ADMITTED);
    const answers = [submit(events(2)), submit(events(4)), submit(events(3))];
    await untilAdds(1);
    adds[0]?.end.reject(new Error("redis is away"));
    const outcomes = await Promise.allSettled(answers);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected"]);
    expect(released).toEqual([5]);
  });

  test("goes on after a failed add", async () => {
    const { submit, adds, untilAdds, endAdds } = setup();
    for (let failed = 1; failed <= 5; failed += 1) {
      const answer = submit(events(1));
      await untilAdds(failed);
      adds.at(-1)?.end.reject(new Error("redis is away"));
      await expect(answer).rejects.toThrow("redis is away");
    }
    const answer = submit(events(1));
    await untilAdds(6);
    endAdds();
    expect(await answer).toEqual(ADMITTED);
  });

  test("keeps out what was given up before its turn came", async () => {
    const { submit, decisions, adds, untilAdds, endAdds } = setup();
    const first = [];
    for (let flush = 1; flush <= 3; flush += 1) {
      first.push(submit(events(1)));
      await untilAdds(flush);
    }
    const lateness = new AbortController();
    const [kept, dropped] = [events(2), events(5)];
    const answers = [submit(dropped, lateness.signal), submit(kept)] as const;
    const refused = expect(answers[0]).rejects.toThrow("too late");
    lateness.abort(new Error("too late"));
    endAdds();
    await untilAdds(4);
    endAdds();
    await refused;
    expect(await answers[1]).toEqual(ADMITTED);
    expect(decisions[3]).toEqual([2]);
    expect(adds[3]?.ids).toEqual(idsOf(kept));
    await Promise.all(first);
  });
});
