import type { StoryRecord } from "@mutt/pipeline-state";
import {
  DEAD_LETTER_QUEUES,
  deadLetterJobId,
  findJob,
  findQueuedEvent,
  type PipelineQueue,
} from "@mutt/queues";
import type { Redis } from "ioredis";
import type { OpenQueues } from "../open-queues.ts";
import type { StoryFacts } from "./story.ts";

interface Deps {
  redis: Redis;
  queues: OpenQueues;
}

/** The job that holds an event, if one was found, and whether every place was looked at. */
export interface FoundPlace {
  place: StoryFacts["place"];
  isWhole: boolean;
}

/** Looks for an event where its record says, or where events are of which nothing was noted. */
export async function findPlace(
  { redis, queues }: Deps,
  id: string,
  record: StoryRecord | undefined,
): Promise<FoundPlace> {
  switch (record?.stage) {
    case "logged":
    case "unhandled":
    case "delivered":
    case "expired":
      return { place: undefined, isWhole: true };
    case "queued":
    case "dead": {
      const place =
        (await findDelivery({ redis, queues }, record)) ??
        (await findDeadLetter({ redis, queues }, id, record.jobId));
      return { place, isWhole: true };
    }
    case "replayed": {
      const place = record.jobId && (await findReplay({ redis, queues }, record.jobId));
      if (place) return { place, isWhole: true };
      return { place: await findDeadLetter({ redis, queues }, id, undefined), isWhole: true };
    }
    default: {
      const dead = await findDeadLetter({ redis, queues }, id, undefined);
      if (dead !== undefined) return { place: dead, isWhole: true };
      const { place, isWhole } = await findQueuedEvent(redis, queues.ingest, id);
      return { place, isWhole };
    }
  }
}

async function findDelivery({ redis, queues }: Deps, { stage, jobId }: StoryRecord) {
  return stage === "queued" && jobId ? await findJob(redis, queues.alert, jobId) : undefined;
}

async function findReplay({ redis, queues }: Deps, jobId: string) {
  return (
    (await findJob(redis, queues.alert, jobId)) ?? (await findJob(redis, queues.ingest, jobId))
  );
}

/** A job that was lost with its worker becomes a dead letter of which nobody makes a note: its id is that of a first round. */
async function findDeadLetter({ redis, queues }: Deps, id: string, jobId: string | undefined) {
  const ids = new Set([jobId ?? "", deadLetterJobId(id, {})].filter(Boolean));
  for (const name of DEAD_LETTER_QUEUES) {
    const queue = queues[name] as PipelineQueue<typeof name>;
    for (const each of ids) {
      const place = await findJob(redis, queue, each);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}
