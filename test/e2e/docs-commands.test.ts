// The commands of the documentation, run as they stand there, against one stack of `npm start`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RUN_PAGES, readShellBlocks, type ShellBlock } from "../architecture/shell-blocks.ts";
import { type Env, place, startStack } from "./npm-start.ts";

/** What the pages say for things that are other ones here: the default ports and the home in the checkout. */
const PORTS: Record<string, string> = {
  8080: "INGESTOR_PORT",
  8081: "ALERTER_PORT",
  8082: "FORWARDER_PORT",
  8083: "REMEDIATION_PORT",
  8090: "ADMIN_PORT",
  8099: "SINK_PORT",
};

/** Shell functions in front of the commands: refusals count as failures, and npm is left out for the time it takes. */
const PRELUDE = `set -e
curl() { command curl --fail-with-body "$@"; }
npm() {
  if [ "$1 $2 $3 $4" = "run -s mutt --" ]; then shift 4; node apps/stack/src/run-mutt.ts "$@"; else command npm "$@"; fi
}`;

/** What the commands of a page have to print, besides what the page itself shows. */
const PRINTED: Record<(typeof RUN_PAGES)[number], RegExp[]> = {
  "README.md": [/"status":"queued"/, /"external_id"/, /every sample event has an outcome/],
  "docs/operations.md": [
    / 200$/m,
    /^mutt_queue_jobs\{queue="dlq-forwarder",state="failed"\} 3$/m,
    /'permanent rejected: /,
    /"class": "permanent"/,
    /"unaccounted":0/,
    /^maxmemory_policy:noeviction/m,
    /"action":"/,
  ],
  "docs/ingest-api.md": [/"status":"queued"/, /"accepted":2/],
  "docs/admin-api.md": [/"queues":\[\{"name":"ingest"/],
  "docs/rules.md": [],
  "docs/configuration.md": [/moog_rate_limit: \d+ -> 20/, /moog_rate_limit: 20 -> 50/],
  "docs/SLOs.md": [/"components":\{"ingestor":/, /slo_ingest_success_target: 0\.995 -> 0\.999/],
  "docs/BACKPRESSURE.md": [/^mutt_alerter_state\{state="shed"\} 1$/m, /"state":"shed"/, /-> defer/],
  "docs/REMEDIATION.md": [
    /^mutt_remediation_blocked_total\{gate="\w+"\} [1-9]/m,
    /"target":"remediation_enabled"/,
    /POISON/,
  ],
};

const here = await place();
let stack: AsyncDisposable;
let eventId = "";

beforeAll(async () => {
  Object.assign(here.env, { REMEDIATION_INTERVAL: "1" });
  stack = await startStack(here.env);
  await makeTrouble();
});
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await here[Symbol.asyncDispose]();
});

/** Some dead letters that wait for a person, and a replay that was held back: a runbook is read when there is something. */
async function makeTrouble(): Promise<void> {
  await setMode({ mode: "reject", text: "POISON", status: 422 });
  for (const port of [1, 2, 3]) eventId = await postEvent(`POISON ${port}`);
  await waitFor(async () => (await deadLetters("dlq-forwarder")) === 3, {
    what: "three dead letters are parked",
    timeoutMs: 30_000,
  });
  await setMode({ mode: "ok" });
  await admin("PUT", "config/remediation_enabled", { value: false, reason: "a test" });
  const metrics = `http://127.0.0.1:${here.env.REMEDIATION_PORT}/metrics`;
  await waitFor(
    async () => /blocked_total\{gate="\w+"\} [1-9]/.test(await (await fetch(metrics)).text()),
    { what: "a round of replay is held back", timeoutMs: 30_000 },
  );
  await admin("DELETE", "config/remediation_enabled", { reason: "a test" });
}

/** More than a receiver takes that says wait: events are shed. */
async function makeFlood(): Promise<void> {
  await setMode({ mode: "throttle", retry_after: 60 });
  await admin("PUT", "config/alerter_queue_warn_threshold", { value: 1, reason: "a test" });
  await admin("PUT", "config/alerter_queue_shed_threshold", { value: 2, reason: "a test" });
  const metrics = `http://127.0.0.1:${here.env.ALERTER_PORT}/metrics`;
  await waitFor(
    async () => {
      await Promise.all(Array.from({ length: 20 }, (_, port) => postEvent(`flood ${port}`)));
      const text = await (await fetch(metrics)).text();
      return /^mutt_alerter_shed_events_total\{.*\} [1-9]/m.test(text);
    },
    { what: "events are shed", timeoutMs: 30_000 },
  );
}

async function endFlood(): Promise<void> {
  await setMode({ mode: "ok" });
  for (const key of ["alerter_queue_shed_threshold", "alerter_queue_warn_threshold"]) {
    await admin("DELETE", `config/${key}`, { reason: "a test" });
  }
}

const SCENES: Partial<
  Record<(typeof RUN_PAGES)[number], { before: () => Promise<void>; after: () => Promise<void> }>
> = { "docs/BACKPRESSURE.md": { before: makeFlood, after: endFlood } };

test.each(RUN_PAGES)("the commands of %s do what they say", async (page) => {
  const blocks = readShellBlocks(page, read(page)).filter(({ mark }) => mark === undefined);
  expect(blocks.length).toBeGreaterThan(0);
  await SCENES[page]?.before();
  const outputs = await runBlocks(blocks, here.env);
  await SCENES[page]?.after();
  for (const [index, { line, shown }] of blocks.entries()) {
    if (shown !== undefined) expectShown(outputs[index] ?? "", shown, `${page}:${line}`);
  }
  for (const pattern of PRINTED[page]) expect(outputs.join("\n")).toMatch(pattern);
});

/** Runs blocks one after the other in one shell; fails at the first command that does not exit with 0. */
async function runBlocks(blocks: readonly ShellBlock[], env: Env): Promise<string[]> {
  const first = readShellBlocks("docs/operations.md", read("docs/operations.md"))[0];
  const script = [PRELUDE, substitute(first?.code ?? "")];
  for (const { page, line, code } of blocks)
    script.push(`echo "@@ ${page}:${line}"`, substitute(code));
  const shell = spawn("sh", ["-c", script.join("\n")], {
    env: { ...env, NODE_COMPILE_CACHE: `${here.home}/cache` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      output += part;
    });
  }
  const [status] = (await once(shell, "close")) as [number | null];
  const parts = output.split(/^@@ .*\n/m).slice(1);
  const last = blocks[parts.length - 1];
  expect(status, `${last?.page}:${last?.line} fails:\n${parts.at(-1) ?? output}`).toBe(0);
  return parts;
}

function substitute(code: string): string {
  return code
    .replace(/\b(80[89]\d)\b/g, (port) => here.env[PORTS[port] ?? ""] ?? port)
    .replaceAll('".mutt/', `"${here.home}/`)
    .replace(/\bID\b/g, eventId);
}

/** Whether each line shown was printed, in this order; `…` stands for anything, and ids and numbers differ. */
function expectShown(output: string, shown: string, where: string): void {
  const lines = shown.split("\n").filter((line) => line.trim() !== "…");
  const patterns = lines.map((line) =>
    line
      .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
      .replaceAll("…", ".*")
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "[0-9a-f-]{36}")
      .replace(/\b\d+\b/g, "\\d+"),
  );
  expect(output, where).toMatch(new RegExp(patterns.join("[^]*?")));
}

function read(page: string): string {
  return readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
}

function keyOf(name: "ingest_key" | "admin_key"): string {
  const text = readFileSync(`${here.home}/credentials.json`, "utf8");
  return (JSON.parse(text) as Record<typeof name, string>)[name];
}

async function setMode(mode: object): Promise<void> {
  const url = `http://127.0.0.1:${here.env.SINK_PORT}/mode`;
  await fetch(url, { method: "POST", body: JSON.stringify(mode) });
}

async function postEvent(what: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${here.env.INGESTOR_PORT}/api/v1/ingest`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": keyOf("ingest_key") },
    body: JSON.stringify({
      hostname: `${what.replace(" ", "-")}.example.net`,
      message: `%LINK-3-UPDOWN: Interface Gi0/1, changed state to down (${what})`,
    }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function admin(method: string, path: string, body?: object): Promise<Response> {
  const answer = await fetch(`http://127.0.0.1:${here.env.ADMIN_PORT}/api/v1/${path}`, {
    method,
    headers: { "content-type": "application/json", "x-api-key": keyOf("admin_key") },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer;
}

async function deadLetters(queue: string): Promise<number> {
  const page = (await (await admin("GET", `dlq?queue=${queue}`)).json()) as { items: unknown[] };
  return page.items.length;
}
