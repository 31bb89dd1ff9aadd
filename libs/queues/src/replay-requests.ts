import type { Redis } from "ioredis";
import type { DeadLetterQueueName } from "./names.ts";
import type { PipelineQueue } from "./queue.ts";
import { retryParked } from "./replay.ts";

/** Who asked for a replay, and on whose behalf. */
export interface ReplayRequest {
  /** `auto`, `redrive:<id>`, or `operator` for a Retry in the console. */
  by: string;
  /** Name of the person, where there is one. */
  actor?: string;
}

/** An entry that nobody left a request for was retried with BullMQ itself. */
const BY_HAND: ReplayRequest = { by: "operator" };

/** How long a Retry all is remembered, in seconds: under the storm cap a long queue takes hours. */
const RETRY_ALL_KEPT_S = 24 * 3600;

function keyOf(prefix: string): string {
  return `${prefix}:replay-requests`;
}

function allKey(prefix: string, queue: string): string {
  return `${prefix}:replay-requests:${queue}`;
}

function fieldOf(queue: string, id: string): string {
  return `${queue}/${id}`;
}

/**
 * Asks for the replay of a parked entry; its worker takes it up and decides. Returns false when it is not parked any more.
 * The request is left before the entry moves, so that the worker always knows who asked.
 */
export async function requestReplay<Name extends DeadLetterQueueName>(
  { redis, prefix }: { redis: Redis; prefix: string },
  queue: PipelineQueue<Name>,
  id: string,
  request: ReplayRequest,
): Promise<boolean> {
  // Whoever asked first is the one it is replayed for.
  const field = fieldOf(queue.name, id);
  const isFirst = (await redis.hsetnx(keyOf(prefix), field, JSON.stringify(request))) === 1;
  if (await retryParked(queue, id)) return true;
  if (isFirst) await forgetRequest({ redis, prefix }, queue.name, id);
  return false;
}

/**
 * Says who is about to retry an entry in Bull Board, or, without an id, all that are parked in a queue. Before the board
 * does it, so that the worker knows who asked.
 */
export async function announceRetry(
  { redis, prefix }: { redis: Redis; prefix: string },
  queue: DeadLetterQueueName,
  { actor, id }: { actor: string; id?: string | undefined },
): Promise<void> {
  const request = JSON.stringify({ by: "operator", actor } satisfies ReplayRequest);
  if (id === undefined) await redis.set(allKey(prefix, queue), request, "EX", RETRY_ALL_KEPT_S);
  else await redis.hsetnx(keyOf(prefix), fieldOf(queue, id), request);
}

/** Says who asked for the replay of an entry. */
export async function readRequest(
  { redis, prefix }: { redis: Redis; prefix: string },
  queue: string,
  id: string,
): Promise<ReplayRequest> {
  const text =
    (await redis.hget(keyOf(prefix), fieldOf(queue, id))) ??
    (await redis.get(allKey(prefix, queue)));
  return text === null ? BY_HAND : (JSON.parse(text) as ReplayRequest);
}

/** Forgets a request that was dealt with. */
export async function forgetRequest(
  { redis, prefix }: { redis: Redis; prefix: string },
  queue: string,
  id: string,
): Promise<void> {
  await redis.hdel(keyOf(prefix), fieldOf(queue, id));
}
