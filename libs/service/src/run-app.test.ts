import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";

const LIB = new URL("./index.ts", import.meta.url).href;

/** Runs `body` as the wiring of an app in a process of its own. */
function spawnApp(body: string, env: Record<string, string> = {}): ChildProcess {
  const source = `
    import { baseEnv, createHttpApp, runApp, startHttpServer } from ${JSON.stringify(LIB)};
    import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
    await runApp({ service: "probe", schema: z.object(baseEnv), env: process.env }, async (app) => {
      const { env, logger, parts, registry, shutdown } = app;
      ${body}
    });`;
  return spawn(process.execPath, ["--input-type=module", "--eval", source], {
    env: { ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function* linesOf(child: ChildProcess): AsyncGenerator<Record<string, unknown>> {
  if (!child.stdout) throw new Error("the child has no output");
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line);
}

const SERVE = `
  parts.defer("redis", () => logger.info("redis closed"));
  const http = createHttpApp({ logger, ops: { registry, ready: [shutdown.check] } });
  const server = parts.use("http", await startHttpServer({ app: http, host: env.HOST, port: 0 }));
  logger.info("listening", { url: server.url });`;

describe("runApp", { timeout: 30_000 }, () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "serves until %s, stops its parts and exits 0",
    async (signal) => {
      const child = spawnApp(SERVE);
      const exited = once(child, "exit");
      const messages: unknown[] = [];
      for await (const line of linesOf(child)) {
        messages.push(line.message);
        if (line.message === "listening") {
          expect((await fetch(`${line.url}/readyz`)).status).toBe(200);
          expect(await (await fetch(`${line.url}/metrics`)).text()).toContain(
            "process_cpu_seconds",
          );
        }
        if (line.message === "started") child.kill(signal);
      }
      expect(messages).toEqual(["listening", "started", "stopping", "redis closed", "stopped"]);
      expect(await exited).toEqual([0, null]);
    },
  );

  test("exits 1 at the deadline and names the part that hangs", async () => {
    const child = spawnApp(`${SERVE} parts.defer("worker", () => new Promise(() => {}));`, {
      SHUTDOWN_TIMEOUT_MS: "300",
    });
    const exited = once(child, "exit");
    let last: Record<string, unknown> = {};
    for await (const line of linesOf(child)) {
      last = line;
      if (line.message === "started") child.kill("SIGTERM");
    }
    expect(last).toMatchObject({ level: "error", pending: ["worker", "http", "redis"] });
    expect(await exited).toEqual([1, null]);
  });

  test("stops what has come up when a signal arrives during the start", async () => {
    const child = spawnApp(`${SERVE} await new Promise(() => {});`);
    const exited = once(child, "exit");
    for await (const line of linesOf(child)) {
      if (line.message === "listening") child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
  });

  test("closes what has come up and exits 1 when the start fails", async () => {
    const child = spawnApp(
      `parts.defer("redis", () => logger.info("redis closed")); throw new Error("no rules");`,
    );
    const exited = once(child, "exit");
    const lines: Record<string, unknown>[] = [];
    for await (const line of linesOf(child)) lines.push(line);
    expect(lines).toMatchObject([
      { message: "cannot start", error: { message: "no rules" } },
      { message: "redis closed" },
      { message: "stopped", code: 1 },
    ]);
    expect(await exited).toEqual([1, null]);
  });

  test("says which variables need mending and exits 1", async () => {
    const child = spawnApp("", { LOG_LEVEL: "loud", SHUTDOWN_TIMEOUT_MS: "soon" });
    const exited = once(child, "exit");
    if (!child.stderr) throw new Error("the child has no error output");
    expect((await text(child.stderr)).split("\n")).toEqual([
      "probe cannot start, its environment needs mending:",
      "  LOG_LEVEL: expected error, warn, info or debug",
      expect.stringContaining("  SHUTDOWN_TIMEOUT_MS: expected a whole number from 100 to"),
      "",
    ]);
    expect(await exited).toEqual([1, null]);
  });

  test("logs an uncaught exception and exits 1", async () => {
    const child = spawnApp(`${SERVE} setTimeout(() => { throw new Error("lost my mind"); }, 20);`);
    const exited = once(child, "exit");
    const lines: Record<string, unknown>[] = [];
    for await (const line of linesOf(child)) lines.push(line);
    expect(lines.at(-1)).toMatchObject({
      message: "uncaught exception, exiting",
      error: { message: "lost my mind" },
    });
    expect(await exited).toEqual([1, null]);
  });
});
