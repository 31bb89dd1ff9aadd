// `npm start`, `npm run demo`, `npm run app` and `npm run mutt`, as a person on a fresh machine meets them.
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { freePort, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { place, run, startStack } from "./npm-start.ts";

async function pidOf(home: string, name: string): Promise<number> {
  return Number((await readFile(join(home, "run", `${name}.pid`), "utf8")).split("\n")[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("one command delivers a test alert; the demo accounts for every sample; Ctrl-C leaves nothing", async () => {
  await using here = await place();
  const pids: number[] = [];
  {
    await using stack = await startStack(here.env);
    expect(stack.output()).toMatch(/test alert +\S+ arrived at the receiver after \d+ ms/);
    expect(stack.output()).toMatch(/curl .*\/api\/v1\/ingest/);
    const { mode } = await stat(join(here.home, "credentials.json"));
    expect(mode & 0o777).toBe(0o600);
    for (const name of ["ingestor", "alerter", "forwarder", "remediation", "admin", "receiver"]) {
      pids.push(await pidOf(here.home, name));
    }

    const demo = run(["npm", "run", "demo"], here.env);
    expect(await demo.ended, demo.output()).toBe(0);
    expect(demo.output()).toContain("every sample event has an outcome");
    expect(demo.output()).toMatch(/Page_and_ticket +\d+/);

    const get = run(
      ["npm", "run", "-s", "mutt", "--", "config", "set", "moog_batch_max", "7"],
      here.env,
    );
    expect(await get.ended).toBe(0);
    expect(get.output()).toContain("moog_batch_max: 50 -> 7");
    expect(pids.every(isAlive)).toBe(true);
  }
  expect(pids.filter(isAlive)).toEqual([]);
});

test("an app that is killed is started again, and a second replica joins the stack", async () => {
  await using here = await place();
  await using stack = await startStack(here.env);
  const killed = await pidOf(here.home, "alerter");
  process.kill(killed, "SIGKILL");
  await waitFor(async () => (await pidOf(here.home, "alerter")) !== killed, {
    what: "the alerter has a new process",
    timeoutMs: 20_000,
  });
  const ready = `http://127.0.0.1:${here.env.ALERTER_PORT}/readyz`;
  await waitFor(async () => (await fetch(ready)).ok, { what: "it is ready", timeoutMs: 30_000 });

  const { ALERTER_PORT: _taken, ...joining } = here.env;
  const port = String(await freePort());
  const replica = run(["npm", "run", "app", "--", "alerter"], { ...joining, ALERTER_PORT: port });
  await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
    what: "the replica is ready",
    timeoutMs: 30_000,
  });
  replica.process.kill("SIGTERM");
  expect(await replica.ended).toBe(0);
  expect(stack.output()).toContain("alerter");
});

test("two stacks run side by side, and a second one in the same home is refused in one line", async () => {
  await using here = await place();
  await using there = await place();
  await using _one = await startStack(here.env);
  await using _two = await startStack(there.env);
  for (const { env } of [here, there]) {
    expect((await fetch(`http://127.0.0.1:${env.INGESTOR_PORT}/readyz`)).status).toBe(200);
  }
  const again = run(["npm", "start", "--silent"], here.env);
  expect(await again.ended).toBe(1);
  expect(again.output()).not.toMatch(/\bat .*\.ts:\d+/);
  expect(again.output()).toMatch(/already|runs/);
});

test("a port in use is one clear line that names the variable, not a stack trace", async () => {
  await using here = await place();
  const server = createServer().listen(Number(here.env.FORWARDER_PORT), "127.0.0.1");
  await once(server, "listening");
  const refused = run(["npm", "start", "--silent"], here.env);
  expect(await refused.ended).toBe(1);
  server.close();
  const lines = refused
    .output()
    .split("\n")
    .filter((line) => line.trim() !== "");
  expect(lines.filter((line) => line.includes("FORWARDER_PORT"))).toHaveLength(1);
  expect(refused.output()).not.toMatch(/\bat .*\.ts:\d+/);
});

test("a missing Redis that cannot be installed is one clear line", async () => {
  await using here = await place();
  const bin = join(process.cwd(), "node_modules", ".bin");
  // Nothing but node on the PATH, and no package manager.
  const refused = run([join(bin, "node"), "apps/stack/src/main.ts"], { ...here.env, PATH: bin });
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toMatch(/redis-server/);
  expect(refused.output()).not.toMatch(/\bat .*\.ts:\d+/);
});
