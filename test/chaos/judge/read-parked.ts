import { DEAD_LETTER_QUEUES, type DeadLetterQueueName } from "@mutt/queues";
import type { Redis } from "ioredis";
import type { Parked } from "./evidence.ts";

/** What of a dead letter's data is read here, whichever queue it comes from. */
interface Data {
  alert_id: string;
  class: string;
  reason: string;
  replays: number;
  payload: { hostname?: string; source?: string; custom_info?: { generated?: boolean } };
}

/** Reads every entry of the dead letter queues straight from Redis, whatever its state. */
export async function readParked(client: Redis, prefix: string): Promise<Parked[]> {
  const lists = await Promise.all(
    DEAD_LETTER_QUEUES.map(async (queue) => {
      const base = `${prefix}:${queue}`;
      const byState = await Promise.all([
        inState(client.zrange(`${base}:failed`, 0, "-1"), "failed"),
        inState(client.lrange(`${base}:wait`, 0, "-1"), "wait"),
        inState(client.lrange(`${base}:active`, 0, "-1"), "active"),
        inState(client.zrange(`${base}:delayed`, 0, "-1"), "delayed"),
      ]);
      const found = await Promise.all(
        byState.flat().map((at) => readEntry(client, queue, base, at)),
      );
      return found.filter((entry) => entry !== undefined);
    }),
  );
  return lists.flat();
}

interface Place {
  jobId: string;
  state: Parked["state"];
}

async function inState(ids: Promise<string[]>, state: Parked["state"]): Promise<Place[]> {
  return (await ids).map((jobId) => ({ jobId, state }));
}

async function readEntry(
  client: Redis,
  queue: DeadLetterQueueName,
  base: string,
  { jobId, state }: Place,
): Promise<Parked | undefined> {
  const [text, failedReason] = await client.hmget(`${base}:${jobId}`, "data", "failedReason");
  // It went elsewhere between the two readings.
  if (!text) return undefined;
  const data = JSON.parse(text) as Data;
  return {
    queue,
    jobId,
    state,
    alertId: data.alert_id,
    class: data.class,
    reason: data.reason,
    failedReason: failedReason ?? "",
    replays: data.replays,
    hostname: data.payload.hostname ?? data.payload.source ?? "",
    isGenerated: data.payload.custom_info?.generated === true,
  };
}
