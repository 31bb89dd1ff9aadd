import { startChild } from "../processes/child.ts";
import type { LoadOrder, LoadResult } from "./order.ts";

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
    run: async (order) => (await child.ask(order)) as LoadResult,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}
