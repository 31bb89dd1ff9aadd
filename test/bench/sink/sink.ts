import { startChild } from "../processes/child.ts";
import type { Arrivals } from "./arrivals.ts";

/** What the sink is told. */
export type SinkOrder =
  | { kind: "begin"; run: number; capacity: number }
  | { kind: "await"; count: number; timeoutMs: number };

/** How long the sink may take over an order beyond what it is told to wait. */
const ANSWER_MS = 30_000;

/** The receiver of all systems, a process of its own. */
export interface Sink extends AsyncDisposable {
  pid: number;
  webhookUrl: string;
  healthUrl: string;
  /** From now on only events of this run count, at most `capacity` of them. */
  begin(run: number, capacity: number): Promise<void>;
  /** Waits until so many different events have arrived, or the time is over; says what has arrived. */
  arrived(count: number, timeoutMs: number): Promise<Arrivals>;
}

/** Starts the sink on a free loopback port. */
export async function startSink(): Promise<Sink> {
  const file = new URL("./sink-process.ts", import.meta.url);
  const child = await startChild<{ url: string }>(file);
  return {
    pid: child.pid,
    webhookUrl: `${child.ready.url}/webhook`,
    healthUrl: `${child.ready.url}/health`,
    begin: async (run, capacity) => {
      const order: SinkOrder = { kind: "begin", run, capacity };
      await child.ask(order, { what: `the sink begins run ${run}`, limitMs: ANSWER_MS });
    },
    arrived: async (count, timeoutMs) => {
      const order: SinkOrder = { kind: "await", count, timeoutMs };
      const what = `the sink says what has arrived of ${count} alerts`;
      return (await child.ask(order, { what, limitMs: timeoutMs + ANSWER_MS })) as Arrivals;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
