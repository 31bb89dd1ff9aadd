import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Logger } from "./logger.ts";
import { untilShutdown } from "./shutdown.ts";

function setup(timeoutMs = 10_000) {
  const logged: { message: string; fields: unknown }[] = [];
  const write = (message: string, fields?: unknown) => void logged.push({ message, fields });
  const logger: Logger = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    isEnabled: () => true,
    child: () => logger,
    flush: async () => {},
  };
  const exits: number[] = [];
  const node = Object.assign(new EventEmitter(), { exit: (code: number) => exits.push(code) });
  const pending = () => ["worker"];
  const shutdown = untilShutdown({ timeoutMs, logger, pending, process: node });
  return { shutdown, node, exits, logged };
}

describe("untilShutdown", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each(["SIGTERM", "SIGINT"])(
    "resolves on %s and says that the process is stopping",
    async (signal) => {
      const { shutdown, node } = setup();
      expect(shutdown.check.check()).toBeUndefined();
      node.emit(signal, signal);
      expect(await shutdown.requested).toBe(signal);
      expect(shutdown.stopping.aborted).toBe(true);
      expect(shutdown.check.check()).toBe("the process is stopping");
    },
  );

  test("asks to give work back before the deadline and exits 1 at it, naming what is pending", async () => {
    const { shutdown, node, exits, logged } = setup();
    node.emit("SIGTERM", "SIGTERM");
    await vi.advanceTimersByTimeAsync(8999);
    expect(shutdown.giveBack.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(shutdown.giveBack.aborted).toBe(true);
    expect(exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(exits).toEqual([1]);
    expect(logged.at(-1)).toMatchObject({ fields: { pending: ["worker"] } });
  });

  test("leaves at least half of a very short time to finish", async () => {
    const { shutdown, node } = setup(200);
    node.emit("SIGTERM", "SIGTERM");
    await vi.advanceTimersByTimeAsync(99);
    expect(shutdown.giveBack.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(shutdown.giveBack.aborted).toBe(true);
  });

  test("is not hurried by a second signal", async () => {
    const { node, exits } = setup();
    node.emit("SIGINT", "SIGINT");
    await vi.advanceTimersByTimeAsync(5000);
    node.emit("SIGINT", "SIGINT");
    node.emit("SIGTERM", "SIGTERM");
    await vi.advanceTimersByTimeAsync(4999);
    expect(exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(exits).toEqual([1]);
  });

  test("exits 1 on an uncaught exception and goes on after an unhandled rejection", async () => {
    const { node, exits, logged } = setup();
    node.emit("unhandledRejection", new Error("lost"));
    await vi.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([]);
    node.emit("uncaughtException", new Error("fatal"));
    await vi.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([1]);
    expect(logged.map((line) => line.message)).toEqual([
      "unhandled rejection",
      "uncaught exception, exiting",
    ]);
  });

  test("ends the deadline and the listening when disposed of", async () => {
    const { shutdown, node, exits } = setup();
    node.emit("SIGTERM", "SIGTERM");
    shutdown[Symbol.dispose]();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(exits).toEqual([]);
    expect(node.eventNames()).toEqual([]);
  });
});
