// What the image holds, without Docker: exactly its files, in an empty folder, installed and started as it would.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startTestRedis, TEST_KEYS, type TestRedis, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APP_NAMES, defaultPortOf } from "../chart/app-environment.ts";
import { buildTree } from "./build-tree.ts";
import { environmentOf, lastOf, parseCopy, parseDockerfile } from "./dockerfile.ts";
import { parseDockerignore } from "./dockerignore.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const STAGES = parseDockerfile(readFileSync(`${ROOT}Dockerfile`, "utf8"));
const IMAGE = STAGES[STAGES.length - 1] ?? { name: "", from: "", instructions: [] };
const isIgnored = parseDockerignore(readFileSync(`${ROOT}.dockerignore`, "utf8"));
const IMAGE_ENV = environmentOf(IMAGE);

const [SHELL = "", FLAG = "", SCRIPT = "", ...WORDS] = JSON.parse(
  lastOf(IMAGE, "ENTRYPOINT"),
) as string[];

describe("the Dockerfile", () => {
  const copies = STAGES.flatMap(({ instructions }) =>
    instructions.filter(({ name }) => name === "COPY").map(({ text }) => parseCopy(text)),
  );

  test("copies only what exists and is part of the build", () => {
    const sources = copies
      .filter(({ stage }) => stage === undefined)
      .flatMap(({ sources: paths }) => paths);
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((path) => !existsSync(ROOT + path))).toEqual([]);
    expect(sources.filter(isIgnored)).toEqual([]);
  });

  test("copies only from stages that it has", () => {
    const used = copies.flatMap(({ stage }) => stage ?? []);
    expect(used.filter((name) => !STAGES.some((stage) => stage.name === name))).toEqual([]);
  });

  test("ends in an image that runs as nobody in particular, from an exec form, with a health check and labels", () => {
    expect(lastOf(IMAGE, "USER")).toBe("10001:10001");
    expect([SHELL, FLAG]).toEqual(["sh", "-c"]);
    expect(SCRIPT).toMatch(/; exec node [^;]*$/);
    expect(lastOf(IMAGE, "HEALTHCHECK")).toMatch(/CMD \["node",/);
    for (const label of ["title", "description", "licenses", "version", "revision"]) {
      expect(lastOf(IMAGE, "LABEL")).toContain(`org.opencontainers.image.${label}=`);
    }
  });

  test("says the ports that the apps listen on", () => {
    const said = Object.fromEntries(
      APP_NAMES.map((app) => [app, Number(IMAGE_ENV[`${app.toUpperCase()}_PORT`])]),
    );
    expect(said).toEqual(Object.fromEntries(APP_NAMES.map((app) => [app, defaultPortOf(app)])));
    const ports = [...Object.values(said), Number(IMAGE_ENV.SINK_PORT)];
    expect(lastOf(IMAGE, "EXPOSE")).toBe(ports.join(" "));
  });

  test("sizes memory as the supervisor of a checkout does", () => {
    const launch = readFileSync(`${ROOT}apps/stack/src/launch.ts`, "utf8");
    const flags = /MEMORY_FLAGS = \[(.*)\]/.exec(launch)?.[1] ?? "";
    expect(IMAGE_ENV.NODE_OPTIONS).toBe(flags.replaceAll(/[",]/g, ""));
    expect(launch).toContain(`MALLOC_ARENA_MAX: "${IMAGE_ENV.MALLOC_ARENA_MAX}"`);
  });
});

describe("the tree of the image", () => {
  let tree = "";
  let redis: TestRedis;
  const running: ChildProcess[] = [];
  let outDir = "";

  beforeAll(async () => {
    outDir = await mkdtemp(join(tmpdir(), "mutt-image-"));
    tree = await buildTree({ stages: STAGES, context: ROOT, isIgnored, outDir });
    redis = await startTestRedis();
  });

  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await redis?.stop();
    await rm(outDir, { recursive: true, force: true });
  });

  /** The environment of the image with what an installation adds, and nothing of this machine's. */
  const environment = (port: Record<string, string>): Record<string, string> => ({
    PATH: `${join(process.execPath, "..")}:/usr/bin:/bin`,
    ...IMAGE_ENV,
    HOST: "127.0.0.1",
    REDIS_URL: redis.url,
    QUEUE_PREFIX: "mutt-image",
    INGEST_API_KEYS: `test:${TEST_KEYS.ingest}`,
    ADMIN_API_KEYS: `test:admin:${TEST_KEYS.admin}`,
    MOOG_WEBHOOK_URL: "http://127.0.0.1:1/webhook",
    MOOG_API_KEY: TEST_KEYS.moog,
    ...port,
  });

  /** Runs the image's own entry point. */
  const start = (args: readonly string[], env: Record<string, string>): ChildProcess => {
    const child = spawn(SHELL, [FLAG, SCRIPT, ...WORDS, ...args], {
      cwd: tree,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.push(child);
    return child;
  };

  /** Collects what a process says, for whoever explains a failure. */
  const wordsOf = (child: ChildProcess): (() => string) => {
    let words = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        words += String(chunk);
      });
    }
    return () => words;
  };

  test("holds no tests, no sources of the console, no tools and nothing of the checkout alone", () => {
    const files = globSync("**/*", {
      cwd: tree,
      exclude: (path) => path.includes("node_modules/."),
    });
    const own = files.filter((file) => !file.startsWith("node_modules/"));
    expect(
      own.filter((file) => /\.test\.ts$|^apps\/(stack|console)\/src|testkit\/src/.test(file)),
    ).toEqual([]);
    for (const tool of ["node", "vite", "vitest", "typescript", "nx", "playwright-core", "npm"]) {
      expect(existsSync(join(tree, "node_modules", tool)), tool).toBe(false);
    }
    expect(existsSync(join(tree, "apps/console/dist/index.html"))).toBe(true);
  });

  test("has its own libraries where Node strips their types: outside node_modules", () => {
    const links = globSync("node_modules/@mutt/*", { cwd: tree });
    expect(links.length).toBeGreaterThan(15);
    for (const link of links) {
      expect(realpathSync(join(tree, link))).toMatch(/\/app\/(apps|libs)\/[\w-]+$/);
    }
  });

  test.each([...APP_NAMES, "receiver"])("runs the %s until it is told to stop", async (app) => {
    const variable = app === "receiver" ? "SINK_PORT" : `${app.toUpperCase()}_PORT`;
    const port = await freePort();
    const env = environment({ [variable]: String(port) });
    const child = start([app], env);
    const words = wordsOf(child);
    await waitFor(
      async () => {
        expect(child.exitCode, words()).toBe(null);
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
        return answer?.status === 200;
      },
      { timeoutMs: 60_000, what: `${app} is ready` },
    );

    // The shell is gone: the process that was started is Node.
    const commandLine = readFileSync(`/proc/${child.pid}/cmdline`, "utf8").split("\0");
    expect(commandLine.slice(0, 2)).toEqual(["node", `apps/${app}/src/main.ts`]);
    expect(() => checkHealth(`/proc/${child.pid}/cmdline`, env)).not.toThrow();

    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code, words()).toBe(0);
    expect(() => checkHealth("/proc/self/cmdline", env)).toThrow();
  });

  test("runs the command line tool, with its arguments", async () => {
    const child = start(["cli", "config", "list"], environment({}));
    const words = wordsOf(child);
    const [code] = (await once(child, "close")) as [number | null];
    expect(code, words()).toBe(0);
    expect(words()).toContain("moog_rate_limit");
  });

  test("says what to name when no app is named", async () => {
    const child = start([], environment({}));
    const words = wordsOf(child);
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).not.toBe(0);
    expect(words()).toContain("name an app: ingestor, alerter, forwarder, remediation, admin");
  });

  /** Runs the image's health check as if the given process were number 1; throws when it is not healthy. */
  function checkHealth(commandLineFile: string, env: Record<string, string>): void {
    const text = lastOf(IMAGE, "HEALTHCHECK");
    const [command = "", ...args] = JSON.parse(text.slice(text.indexOf("["))) as string[];
    const asked = args.map((arg) => arg.replace("/proc/1/cmdline", commandLineFile));
    execFileSync(command, asked, { env, stdio: "ignore" });
  }
});
