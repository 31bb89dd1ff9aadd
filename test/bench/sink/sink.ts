import { startChild } from "../processes/child.ts";
import type { Arrivals } from "./arrivals.ts";

/** What the sink is told. */
export type SinkOrder =
  | { kind: "begin"; run: number; capacity: number }
  | { kind: "await"; count: number; timeoutMs: number };

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
      await child.ask({ kind: "begin", run, capacity } satisfies SinkOrder);
    },
    arrived: async (count, timeoutMs) =>
      (await child.ask({ kind: "await", count, timeoutMs } satisfies SinkOrder)) as Arrivals,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
