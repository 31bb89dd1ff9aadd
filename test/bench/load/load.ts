import { startChild } from "../processes/child.ts";
import type { LoadOrder, LoadResult } from "./order.ts";

/** Above the time after which a single answer is given up, which says more. */
const ANSWERS_MS = 60_000;

/** The load generator, a process of its own. */
export interface Load extends AsyncDisposable {
  pid: number;
  run(order: LoadOrder): Promise<LoadResult>;
}

/** Starts the load process; it idles between orders. */
export async function startLoad(): Promise<Load> {
  const child = await startChild<undefined>(new URL("./load-process.ts", import.meta.url));
  return {
    pid: child.pid,
    run: async (order) => {
      const limitMs = order.maxMs + ANSWERS_MS;
      const what = `the load on ${order.urls.join(", ")} is sent and answered`;
      return (await child.ask(order, { what, limitMs })) as LoadResult;
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
