import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "./ensure-redis-server.ts";
import { askRedis } from "./resp.ts";
import {
  type PrivateRedis,
  type PrivateRedisOptions,
  startPrivateRedis,
} from "./start-private-redis.ts";

const PASSWORD = 'a "quoted" pass\\word';

beforeAll(() => ensureRedisServer({ log: () => {} }).then(() => {}), 600_000);

async function setup(more: Partial<PrivateRedisOptions> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "mutt redis "));
  const running: PrivateRedis[] = [];
  onTestFinished(async () => {
    for (const redis of running) await redis.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const start = async (again: Partial<PrivateRedisOptions> = {}) => {
    const redis = await startPrivateRedis({
      dir: join(dir, "data"),
      logFile: join(dir, "redis.log"),
      password: PASSWORD,
      maxmemory: "64mb",
      appendfsync: "everysec",
      ...more,
      ...again,
    });
    running.push(redis);
    return redis;
  };
  const ask = (redis: PrivateRedis, ...command: string[]) =>
    askRedis({ port: redis.port, password: PASSWORD, command, timeoutMs: 20_000 });
  return { dir, start, ask };
}

test("answers with the password, refuses without it, and never evicts", async () => {
  const { start, ask } = await setup();
  const redis = await start();
  expect(await ask(redis, "PING")).toBe("PONG");
  expect(await ask(redis, "INFO", "memory")).toContain("maxmemory_policy:noeviction");
  expect(await ask(redis, "INFO", "memory")).toContain(`maxmemory:${64 * 1024 * 1024}`);
  await expect(
    askRedis({ port: redis.port, password: "wrong", command: ["PING"], timeoutMs: 20_000 }),
  ).rejects.toThrow("WRONGPASS");
});

test("keeps the password in a file of the owner and out of the process list", async () => {
  const { dir, start } = await setup();
  const redis = await start();
  expect((await stat(join(dir, "data", "redis.conf"))).mode & 0o777).toBe(0o600);
  const seen = execFileSync("ps", ["-o", "args=", "-p", String(redis.pid)], { encoding: "utf8" });
  expect(seen).not.toContain("quoted");
});

test("has what it acknowledged after a kill -9 and a start on the same port", async () => {
  const { start, ask } = await setup();
  const first = await start();
  expect(await ask(first, "SET", "alert", "held")).toBe("OK");
  first.kill("SIGKILL");
  expect((await first.exited).signal).toBe("SIGKILL");
  const second = await start({ port: first.port });
  expect(second.pid).not.toBe(first.pid);
  expect(await ask(second, "GET", "alert")).toBe("held");
});

test("runs in a process group of its own", async () => {
  const { start } = await setup();
  const redis = await start();
  const group = execFileSync("ps", ["-o", "pgid=", "-p", String(redis.pid)], { encoding: "utf8" });
  expect(Number(group)).toBe(redis.pid);
});

test("stop ends it, and may be called twice", async () => {
  const { start } = await setup();
  const redis = await start();
  await redis.stop();
  await redis.stop();
  expect(await redis.exited).toEqual({ code: 0, signal: null });
});

test("names the port when it is in use", async () => {
  const { start } = await setup();
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === "object" && address ? address.port : 0;
  await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
});

test("says what Redis said when it ends at once", async () => {
  const { dir, start } = await setup();
  await expect(start({ maxmemory: "much" })).rejects.toThrow(
    /ended at once: .*(memory|argument).*redis\.log/i,
  );
  expect(await readFile(join(dir, "redis.log"), "utf8")).toContain("maxmemory much");
});

test("keeps no file at all when told so", async () => {
  const { dir, start, ask } = await setup({ appendfsync: "off" });
  const redis = await start();
  await ask(redis, "SET", "k", "v");
  await redis.stop();
  await expect(stat(join(dir, "data", "appendonlydir"))).rejects.toThrow("ENOENT");
});
