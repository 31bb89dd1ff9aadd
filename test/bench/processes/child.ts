import { type ChildProcess, fork } from "node:child_process";
import { endWithBench } from "./end-with-bench.ts";
import type { AnswerMessage, ReadyMessage } from "./orders.ts";
import { type Limit, within } from "./within.ts";

/** A process of the bench's own that takes orders. */
export interface Child<Ready> extends AsyncDisposable {
  pid: number;
  /** What it said when it was ready. */
  ready: Ready;
  /** Gives an order and waits for the answer; rejects when the child fails, ends or is silent beyond the limit. */
  ask(order: unknown, limit: Limit): Promise<unknown>;
}

const READY_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5000;

/** Starts a file of the bench as a process of its own and waits until it is ready. */
export async function startChild<Ready>(
  file: URL,
  env: Record<string, string> = {},
): Promise<Child<Ready>> {
  const child = fork(file, {
    // Typed arrays travel as they are.
    serialization: "advanced",
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const callOff = endWithBench(child.pid);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  void exited.then(callOff);

  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const isReady = Promise.withResolvers<Ready>();
  const name = file.pathname.split("/").at(-1);
  const fail = (why: string): void => {
    const error = new Error(`${name} ${why}`);
    isReady.reject(error);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  void exited.then(() => fail("has ended"));
  child.on("message", (message: ReadyMessage<Ready> | AnswerMessage) => {
    if ("ready" in message) return isReady.resolve(message.ready);
    const settle = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) settle?.resolve(message.answer);
    else settle?.reject(new Error(`${name}: ${message.error}`));
  });
  const timer = setTimeout(() => fail("was not ready in time"), READY_LIMIT_MS);
  const ready = await isReady.promise.finally(() => clearTimeout(timer));

  let lastId = 0;
  return {
    pid: child.pid ?? 0,
    ready,
    ask(order, limit) {
      const settle = Promise.withResolvers<unknown>();
      const id = ++lastId;
      waiting.set(id, settle);
      child.send({ id, order }, (error) => error && settle.reject(error));
      return within(settle.promise, limit);
    },
    [Symbol.asyncDispose]: () => end(child, exited),
  };
}

/** Asks a process to end, and kills it when it does not. */
export async function end(child: Pick<ChildProcess, "kill">, exited: Promise<void>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}
