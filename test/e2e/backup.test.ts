// The backup and the restore of Redis, with the commands of the documentation.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { readShellBlocks } from "../architecture/shell-blocks.ts";
import { type Env, place, startStack } from "./npm-start.ts";

const PAGE = "docs/operations.md";
const blocks = readShellBlocks(
  PAGE,
  readFileSync(new URL(`../../${PAGE}`, import.meta.url), "utf8"),
);
const [preparation] = blocks;
const [backUp, restore, start] = blocks.filter(
  ({ mark }) => mark?.kind === "run" && mark.test === "test/e2e/backup.test.ts",
);

/** Commands that take longer wait for something that does not come. */
const SHELL_MS = 60_000;

/** Long enough for the backup to find everything still queued, short enough for the restored stack not to wait long. */
const HELD_BACK_S = 15;

test("a backup of the running stack, restored into a fresh Redis, has lost nothing", async () => {
  await using here = await place();
  await using work = await workDir();
  const api = connect(here.env, `${here.home}/credentials.json`);
  let waiting: string[] = [];
  let dead: string[] = [];
  let rules: unknown;
  {
    await using _stack = await startStack(here.env);
    rules = await api.admin("GET", "rules/export");
    await api.admin("PUT", "config/moog_batch_max", { value: 7, reason: "before the backup" });
    await api.setMode({ mode: "reject", text: "POISON", status: 422 });
    dead = await api.post(3, "POISON");
    await waitFor(async () => (await api.deadIds()).length === 3, {
      what: "three dead letters are parked",
      timeoutMs: 30_000,
    });
    await api.setMode({ mode: "throttle", retry_after: HELD_BACK_S });
    waiting = await api.post(60, "waits");
    const ended = new AbortController();
    const meanwhile = keepPosting(api, ended.signal);
    await runShell([preparation?.code, backUp?.code], { cwd: work.dir, env: here.env });
    ended.abort();
    await meanwhile;
    const delivered = await api.delivered();
    expect(waiting.filter((id) => delivered.has(id))).toEqual([]);
  }
  await rm(join(here.home, "redis"), { recursive: true });

  await runShell([restore?.code], { cwd: work.dir, env: here.env });
  expect(start?.code).toBe("MUTT_HOME=restored npm start");
  await using _restored = await startStack({ ...here.env, MUTT_HOME: join(work.dir, "restored") });
  await waitFor(
    async () => {
      const delivered = await api.delivered();
      return waiting.every((id) => delivered.has(id));
    },
    { what: "everything that waited is delivered", timeoutMs: 60_000 },
  );
  expect((await api.deadIds()).toSorted()).toEqual(dead.toSorted());
  expect(await api.admin("GET", "rules/export")).toEqual(rules);
  expect(await api.admin("GET", "config/moog_batch_max")).toMatchObject({ value: 7 });
  const audit = await api.admin("GET", "audit?target=moog_batch_max");
  expect(audit).toMatchObject({ items: [{ reason: "before the backup" }] });
});

async function workDir(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), "mutt-backup-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** Runs commands in a shell of their own; whatever they leave running ends with it. */
async function runShell(
  code: (string | undefined)[],
  { cwd, env }: { cwd: string; env: Env },
): Promise<void> {
  const shell = spawn("sh", ["-ec", code.join("\n")], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
  }
  const killAll = (): void => {
    try {
      process.kill(-(shell.pid ?? 0), "SIGKILL");
    } catch {
      // Nothing of it is left, as it should be.
    }
  };
  const timer = setTimeout(killAll, SHELL_MS);
  const [status] = (await once(shell, "exit")) as [number | null];
  clearTimeout(timer);
  killAll();
  expect(status, output).toBe(0);
}

/** Events come in while the backup is made; which of them it has is not said. */
async function keepPosting(api: ReturnType<typeof connect>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // A copy of the data may hold Redis up for so long that an event is refused.
    await api.post(1, "meanwhile").catch(() => sleep(200));
  }
}

/** The stack as its users reach it; the keys are read when they are there. */
function connect(env: Env, credentialsFile: string) {
  const key = (name: string): string =>
    (JSON.parse(readFileSync(credentialsFile, "utf8")) as Record<string, string>)[name] ?? "";
  const sink = `http://127.0.0.1:${env.SINK_PORT}`;
  const json = { "content-type": "application/json" };

  async function admin(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${env.ADMIN_PORT}/api/v1/${path}`, {
      method,
      headers: { ...json, "x-api-key": key("admin_key") },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.ok, text).toBe(true);
    return path === "rules/export" ? text : JSON.parse(text);
  }

  return {
    admin,
    async setMode(mode: object): Promise<void> {
      await fetch(`${sink}/mode`, { method: "POST", body: JSON.stringify(mode) });
    },
    async post(count: number, what: string): Promise<string[]> {
      const events = Array.from({ length: count }, (_, port) => ({
        hostname: `${what.toLowerCase()}-${port}.example.net`,
        message: `%LINK-3-UPDOWN: Interface Gi0/${port}, changed state to down (${what})`,
      }));
      const answer = await fetch(`http://127.0.0.1:${env.INGESTOR_PORT}/api/v1/ingest`, {
        method: "POST",
        headers: { ...json, "x-api-key": key("ingest_key") },
        body: JSON.stringify(events),
      });
      expect(answer.status).toBe(202);
      const { results } = (await answer.json()) as { results: { id: string }[] };
      return results.map(({ id }) => id);
    },
    async deadIds(): Promise<string[]> {
      const page = (await admin("GET", "dlq?queue=dlq-forwarder")) as {
        items: { alert_id: string }[];
      };
      return page.items.map((item) => item.alert_id);
    },
    async delivered(): Promise<Set<string>> {
      const answer = await fetch(`${sink}/alerts?limit=1000`);
      const alerts = JSON.stringify(await answer.json());
      return new Set(
        [...alerts.matchAll(/"external_id":"([^"]+)"/g)].map((match) => match[1] ?? ""),
      );
    },
  };
}
