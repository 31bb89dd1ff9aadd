import { setTimeout as sleep } from "node:timers/promises";
import { ingestDepthKey, MAX_CHUNK_EVENTS, openQueue } from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import { waitFor } from "@mutt/testkit";
import type { Redis } from "ioredis";
import { within } from "../processes/within.ts";
import type { MuttSystem } from "../systems/mutt.ts";
import { type BacklogQueues, DELIVERY_ALERTS, fillBacklog } from "./fill-backlog.ts";

/** A queue that the study fills and has drained. */
export type BacklogQueue = keyof BacklogQueues;

/** The queues of a running MUTT, held still unless told otherwise. */
export interface Backlog extends AsyncDisposable {
  /** Empties both queues, holds them still and puts so many events into each. */
  fill(events: number): Promise<void>;
  /** Lets one queue go until so many events have left it, then holds it still again and waits for those in hand. */
  letOut(queue: BacklogQueue, events: number): Promise<void>;
  usedBytes(): Promise<number>;
}

const EVENTS_OF_A_JOB: Record<BacklogQueue, number> = {
  ingest: MAX_CHUNK_EVENTS,
  alert: DELIVERY_ALERTS,
};

/** A million events take about a minute on two idle cores. */
const FILL_LIMIT_MS = 280_000;

const DRAIN_LIMIT_MS = 60_000;
const REWRITE_LIMIT_MS = 60_000;
const POLL_MS = 10;
const SCAN = 5000;

/** Takes hold of the queues of a running MUTT. */
export async function openBacklog({ pipeline }: MuttSystem): Promise<Backlog> {
  const { prefix } = pipeline;
  const redis = pipeline.redis.client();
  const connection = {
    connection: patientOptions(redisSettings({ REDIS_URL: pipeline.redis.url })),
    prefix,
    onError: () => {},
  };
  const queues: BacklogQueues = {
    ingest: openQueue("ingest", connection),
    alert: openQueue("alert", connection),
  };
  // A rewrite of the file runs for many seconds on a core of its own: it would fall on whatever is measured then.
  await redis.config("SET", "auto-aof-rewrite-percentage", "0");

  const clear = async (): Promise<void> => {
    for (const name of ["ingest", "alert"] as const) {
      await queues[name].pause();
      await unlinkAll(redis, `${prefix}:${name}:`);
    }
    await redis.set(ingestDepthKey(prefix), 0);
    await shrinkFile(redis);
  };
  const waiting = async (name: BacklogQueue): Promise<number> => {
    const { waiting = 0, paused = 0, prioritized = 0 } = await queues[name].getJobCounts();
    return waiting + paused + prioritized;
  };
  return {
    async fill(events) {
      await within(clear(), { what: "the queues are emptied", limitMs: FILL_LIMIT_MS });
      const what = `${events} events are put into each queue`;
      await within(fillBacklog(queues, events), { what, limitMs: FILL_LIMIT_MS });
    },
    async letOut(name, events) {
      const until = (await waiting(name)) - events / EVENTS_OF_A_JOB[name];
      await queues[name].resume();
      await waitFor(async () => (await waiting(name)) <= until, {
        what: `${events} events leave the ${name} queue`,
        timeoutMs: DRAIN_LIMIT_MS,
        everyMs: POLL_MS,
      });
      await queues[name].pause();
      await waitFor(async () => (await queues[name].getActiveCount()) === 0, {
        what: `the last jobs of the ${name} queue are done`,
        timeoutMs: DRAIN_LIMIT_MS,
        everyMs: POLL_MS,
      });
    },
    usedBytes: async () => Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1] ?? 0),
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
    },
  };
}

/** Removes every key of a queue but what BullMQ notes about the queue itself, and with it that it is paused. */
async function unlinkAll(redis: Redis, start: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "MATCH", `${start}*`, "COUNT", SCAN);
    cursor = next;
    const gone = keys.filter((key) => key !== `${start}meta`);
    if (gone.length > 0) await redis.unlink(gone);
  } while (cursor !== "0");
}

/** Has the append-only file written anew, so that what was removed takes no room on the disk. */
async function shrinkFile(redis: Redis): Promise<void> {
  await redis.bgrewriteaof();
  await sleep(POLL_MS);
  await waitFor(async () => /aof_rewrite_in_progress:0/.test(await redis.info("persistence")), {
    what: "Redis has written its file anew",
    timeoutMs: REWRITE_LIMIT_MS,
    everyMs: 50,
  });
}
