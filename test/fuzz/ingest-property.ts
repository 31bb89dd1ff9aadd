// What holds of the ingest API for every request: a foreseen answer, and a queue that has what was answered as queued
// and nothing else.
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { type Pipeline, waitFor } from "@mutt/testkit";
import fc from "fast-check";
import type { Redis } from "ioredis";
import { type Outcome, readAnswer } from "./ingest-answers.ts";
import type { SoundEvent } from "./ingest-bodies.ts";
import { type RawCase, type RequestCase, rawCase, requestCase } from "./ingest-requests.ts";
import { checkRaw, send } from "./ingest-wire.ts";
import { type QueuedEvent, readChunk } from "./queued-event.ts";

/** What was tried: it tells whether the property was put to the test at all. */
export interface IngestFuzzCounts {
  requests: number;
  raw: number;
  byStatus: Record<number, number>;
  /** Events that were found in the queue. */
  queued: number;
  /** Requests whose events may be there or not; a machine without time makes some. */
  uncertain: number;
  /** Memory of the process in bytes, after the first requests and the most at any time. */
  rss: { first: number; most: number };
}

/** Requests that are sent at a time: one run of the property. */
const BATCH = 20;

/** Connections that are kept alive for them. */
const CONNECTIONS = 12;

/** Runs after which the process has seen everything once: its memory is measured from there. */
const WARM_UP_RUNS = 20;

type Sent = { request: RequestCase } | { raw: RawCase };

/**
 * Sends at least `cases` requests to the ingestor of a pipeline that has no other app; throws what fast-check says of
 * the first run that fails, its seed included.
 */
export async function fuzzIngest(
  pipeline: Pick<Pipeline, "app" | "prefix" | "redis">,
  cases: number,
  seed?: number,
): Promise<IngestFuzzCounts> {
  const app = pipeline.app("ingestor");
  const counts: IngestFuzzCounts = {
    requests: 0,
    raw: 0,
    byStatus: {},
    queued: 0,
    uncertain: 0,
    rss: { first: 0, most: 0 },
  };
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const run: Run = {
    url: app.url,
    agent,
    queue: createQueueReader(pipeline.redis.client(), pipeline.prefix),
    known: new Set(),
    counts,
  };
  const sent = fc.oneof(
    { weight: 40, arbitrary: requestCase.map((request): Sent => ({ request })) },
    { weight: 1, arbitrary: rawCase.map((raw): Sent => ({ raw })) },
  );
  // All of one length, and yet able to shrink to the one request that matters.
  const member = fc.option(sent, { nil: undefined, freq: 10_000 });
  const batch = fc.tuple(...Array.from({ length: BATCH }, () => member));
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(batch, async (members) => {
        await checkBatch(
          run,
          members.filter((each) => each !== undefined),
        );
        runs++;
        const rss = residentBytes(app.pid);
        if (runs === WARM_UP_RUNS) counts.rss.first = rss;
        counts.rss.most = Math.max(counts.rss.most, rss);
      }),
      { numRuns: Math.ceil(cases / BATCH), ...(seed === undefined ? {} : { seed }) },
    );
  } finally {
    agent.destroy();
  }
  return counts;
}

/** What the runs share. */
interface Run {
  url: string;
  agent: Agent;
  queue: QueueReader;
  /** Ids that were queued in an earlier run: a repeated request is answered with them again. */
  known: Set<string>;
  counts: IngestFuzzCounts;
}

/** What a run expects to find. */
interface Expected {
  ids: Set<string>;
  contents: Map<string, SoundEvent>;
  isUncertain: boolean;
}

async function checkBatch(run: Run, members: readonly Sent[]): Promise<void> {
  const expected: Expected = { ids: new Set(), contents: new Map(), isUncertain: false };
  const checks = await Promise.allSettled(
    members.map(async (member) => {
      if ("raw" in member) {
        run.counts.raw++;
        await checkRaw(run, member.raw);
      } else await checkRequest(run, member.request, expected);
    }),
  );
  // Also after a failure: what is left in the queue would be held against the next run.
  const found = await run.queue.take();
  run.counts.queued += found.length;
  const problem = compareQueue(found, expected, run.known);
  for (const id of [...expected.ids, ...found.map((event) => event.id)]) run.known.add(id);
  for (const check of checks) if (check.status === "rejected") throw check.reason;
  if (problem !== undefined) throw new Error(problem);
}

async function checkRequest(run: Run, request: RequestCase, expected: Expected): Promise<void> {
  const outcome = await exchange(run, request);
  if (outcome.isUncertain) {
    run.counts.uncertain++;
    expected.isUncertain = true;
  }
  const { sound } = request.body;
  for (const [index, id] of outcome.queued.entries()) {
    expected.ids.add(id);
    const event = sound?.events[index];
    if (event !== undefined) expected.contents.set(id, event);
  }
  if (request.idempotencyKey === undefined || outcome.queued.length === 0) return;
  const again = await exchange(run, request);
  if (again.isUncertain) run.counts.uncertain++;
  else if (again.queued.join() !== outcome.queued.join()) {
    throw new Error(
      `a repeat was answered with ${named(again.queued)}, not ${named(outcome.queued)}`,
    );
  }
}

async function exchange(run: Run, request: RequestCase): Promise<Outcome> {
  const answer = await send(run, request);
  const { byStatus } = run.counts;
  run.counts.requests++;
  byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1;
  return readAnswer(request, answer);
}

/** Says what the queue has too much or too little, or not as it was sent. */
function compareQueue(
  found: readonly QueuedEvent[],
  expected: Expected,
  known: ReadonlySet<string>,
): string | undefined {
  const ids = new Set(found.map(({ id }) => id));
  if (ids.size !== found.length) return "an event was queued twice";
  const lost = [...expected.ids].filter((id) => !ids.has(id) && !known.has(id));
  if (lost.length > 0) return `answered as queued and not there: ${named(lost)}`;
  const stray = [...ids].filter((id) => !expected.ids.has(id));
  if (stray.length > 0 && !expected.isUncertain) {
    return `queued and never answered as such: ${named(stray)}`;
  }
  const changed = found.find(({ id, hostname, message }) => {
    const sent = expected.contents.get(id);
    return sent !== undefined && (sent.hostname !== hostname || sent.message !== message);
  });
  return changed && `not as it was sent: ${JSON.stringify(changed).slice(0, 500)}`;
}

function named(ids: readonly string[]): string {
  return `${ids.length} events (${ids.slice(0, 3).join()})`;
}

/** Takes everything out of the ingest queue. */
interface QueueReader {
  take(): Promise<QueuedEvent[]>;
}

function createQueueReader(redis: Redis, prefix: string): QueueReader {
  const base = `${prefix}:ingest`;
  const readAll = async (ids: readonly string[]): Promise<QueuedEvent[]> => {
    const jobs = await Promise.all(ids.map((id) => redis.hget(`${base}:${id}`, "data")));
    return jobs.flatMap((data) => readChunk(data ?? "the job has no data"));
  };
  return {
    async take() {
      const ids = await redis.lrange(`${base}:wait`, 0, -1);
      const events = await readAll(ids);
      if (ids.length > 0) {
        await redis.del(`${base}:wait`, ...ids.map((id) => `${base}:${id}`));
      }
      return events;
    },
  };
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Checks that the process is none the worse for it: it runs, is ready, and has met no defect. */
export async function expectUnharmed(pipeline: Pick<Pipeline, "app">): Promise<void> {
  const app = pipeline.app("ingestor");
  const state = await Promise.race([app.exited, "running"]);
  if (state !== "running") throw new Error(`the ingestor ended:\n${app.logs().slice(-2000)}`);
  await waitFor(async () => (await fetch(`${app.url}/readyz`)).ok, { what: "it is ready" });
  const defects = await app.metric("mutt_ingest_requests_total", { reason: "internal" });
  if (defects > 0)
    throw new Error(`${defects} requests failed by a defect:\n${app.logs().slice(-2000)}`);
  const error = /^.*"level":"error".*$/m.exec(app.logs());
  if (error !== null) throw new Error(`it logged an error: ${error[0]}`);
}
