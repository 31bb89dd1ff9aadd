import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { homeAt, makeHome } from "./home.ts";
import { lastLines, launch } from "./launch.ts";
import { homeMark, stopLeftovers } from "./leftovers.ts";
import { holderOf, lockHome } from "./lock.ts";
import { mainFileOf } from "./services.ts";

const WAITS = "console.log('up', process.env.WORD); setInterval(() => {}, 1000);";

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), "mutt-launch-"));
  const home = homeAt(join(dir, "home"));
  await makeHome(home);
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const launchScript = async (source: string, more: { pidFile?: string; args?: string[] } = {}) => {
    const mainFile = join(dir, "main.mjs");
    await writeFile(mainFile, source);
    const logFile = join(dir, "main.log");
    const running = await launch({ mainFile, logFile, env: { WORD: "word" }, ...more });
    onTestFinished(() => running.kill("SIGKILL"));
    return { running, logFile };
  };
  return { dir, home, launchScript };
}

test("runs with the given environment alone, its output in the log, its pid in the file", async () => {
  const { home, launchScript } = await setup();
  const pidFile = home.pidFile("alerter");
  const { running, logFile } = await launchScript(WAITS, { pidFile });
  expect(readFileSync(pidFile, "utf8")).toBe(`${running.pid}\n`);
  await expect.poll(() => readFileSync(logFile, "utf8")).toBe("up word\n");
  running.kill("SIGTERM");
  expect(await running.exited).toEqual({ code: null, signal: "SIGTERM" });
  expect(existsSync(pidFile)).toBe(false);
});

test("appends to a log and sets a large one aside", async () => {
  const { launchScript } = await setup();
  const { logFile, running } = await launchScript("console.log('one')");
  await running.exited;
  await (await launchScript("console.log('two')")).running.exited;
  expect(await lastLines(logFile, { count: 5 })).toEqual(["one", "two"]);
  expect(await lastLines(logFile, { count: 5, fromByte: 4 })).toEqual(["two"]);
  await truncate(logFile, 65 * 1024 * 1024);
  await (await launchScript("console.log('three')")).running.exited;
  expect(await lastLines(logFile, { count: 5 })).toEqual(["three"]);
  expect(existsSync(`${logFile}.1`)).toBe(true);
});

test("stops what a killed supervisor left, and nothing that only has the same pid", async () => {
  const { home, launchScript } = await setup();
  // Marks of a left-over service, as its command line has them.
  const args = [mainFileOf("alerter"), homeMark(home)];
  const leftover = await launchScript(WAITS, { args });
  const stranger = await launchScript(WAITS, { args: [mainFileOf("admin")] });
  await writeFile(home.pidFile("alerter"), String(leftover.running.pid));
  await writeFile(home.pidFile("admin"), String(stranger.running.pid));
  await writeFile(home.pidFile("ingestor"), "not a pid");

  const names = await stopLeftovers(home, { graceMs: 5_000, redisPort: undefined });
  expect(names).toEqual(["alerter"]);
  expect((await leftover.running.exited).signal).toBe("SIGTERM");
  expect(existsSync(home.pidFile("alerter"))).toBe(false);
  expect(() => process.kill(stranger.running.pid, 0)).not.toThrow();
});

test("kills a left-over that does not stop", async () => {
  const { home, launchScript } = await setup();
  const deaf = `process.on("SIGTERM", () => {}); ${WAITS}`;
  const { running, logFile } = await launchScript(deaf, {
    args: [mainFileOf("alerter"), homeMark(home)],
  });
  await expect.poll(() => readFileSync(logFile, "utf8")).toContain("up");
  await writeFile(home.pidFile("alerter"), String(running.pid));
  await stopLeftovers(home, { graceMs: 100, redisPort: undefined });
  expect((await running.exited).signal).toBe("SIGKILL");
});

test("a home has one supervisor", async () => {
  const { home, launchScript } = await setup();
  const { running } = await launchScript(WAITS);
  const stat = readFileSync(`/proc/${running.pid}/stat`, "utf8").split(" ");
  await writeFile(home.lockFile, `${running.pid} ${stat[21]}\n`);
  await expect(lockHome(home)).rejects.toThrow(
    `a stack runs already in ${home.dir} (process ${running.pid})`,
  );

  running.kill("SIGKILL");
  await running.exited;
  await using _lock = await lockHome(home);
  expect(readFileSync(home.lockFile, "utf8")).toContain(`${process.pid} `);
});

test("takes over a lock whose pid belongs to another process by now", async () => {
  const { home } = await setup();
  await mkdir(home.dir, { recursive: true });
  await writeFile(home.lockFile, `${process.ppid} 1\n`);
  expect(await holderOf(home.lockFile)).toBeUndefined();
  await using _lock = await lockHome(home);
});
