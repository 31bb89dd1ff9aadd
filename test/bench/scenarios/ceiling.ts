import type { Load } from "../load/load.ts";
import { startChild } from "../processes/child.ts";

/** What the load generator reaches against a server that does nothing. */
export interface Ceiling {
  singlesPerSecond: number;
  listEventsPerSecond: number;
}

const MAX_MS = 1500;

/** Measures the load generator itself. */
export async function measureCeiling(load: Load): Promise<Ceiling> {
  const file = new URL("../peers/trivial-server.ts", import.meta.url);
  await using server = await startChild<{ url: string }>(file);
  const measure = async (perPost: "single" | 100, connections: number): Promise<number> => {
    const sent = await load.run({
      urls: [server.ready.url],
      headers: {},
      shape: "event",
      run: 0,
      forwardEvery: 1,
      perPost,
      connections,
      maxEvents: 500_000,
      maxMs: MAX_MS,
    });
    return (sent.events / (sent.lastAnswerMs - sent.firstSendMs)) * 1000;
  };
  await measure("single", 64);
  return {
    singlesPerSecond: await measure("single", 64),
    listEventsPerSecond: await measure(100, 8),
  };
}
