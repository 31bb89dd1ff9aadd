import { setTimeout as sleep } from "node:timers/promises";
import { monotonicMs } from "../processes/clock.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { LoadOrder, LoadResult } from "./order.ts";
import { createPayloads } from "./payload.ts";

/** Sends what an order says and waits for the answers. Rejects when the server breaks a connection. */
export async function runLoad(order: LoadOrder): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: order.connections }, (_, index) =>
      openConnection(order.urls[index % order.urls.length] ?? "", order.headers),
    ),
  );
  const cpuBefore = process.cpuUsage();
  const sender = createSender(order);
  try {
    if (order.postsPerSecond === undefined) {
      await Promise.all(connections.map((connection) => sendClosedLoop(sender, connection)));
    } else {
      await sendOpenLoop(order, order.postsPerSecond, sender, connections);
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  const cpu = process.cpuUsage(cpuBefore);
  return sender.result((cpu.user + cpu.system) / 1000);
}

interface Sender {
  startedAtMs: number;
  isDone(): boolean;
  /** Sends the next post over a connection, counted as sent at `sentAtMs`. */
  send(connection: Connection, sentAtMs: number): Promise<void>;
  result(cpuMs: number): LoadResult;
}

function createSender(order: LoadOrder): Sender {
  const step = order.perPost === "single" ? 1 : order.perPost;
  const write = createPayloads({ ...order, timestamp: new Date().toISOString() });
  const sentMs = new Float64Array(order.maxEvents + step);
  const startedAtMs = monotonicMs();
  const result: Omit<LoadResult, "cpuMs" | "sentMs"> = {
    events: 0,
    posts: 0,
    refusedPosts: 0,
    firstRefusal: undefined,
    firstSendMs: startedAtMs,
    lastAnswerMs: startedAtMs,
    bodyBytes: 0,
  };
  return {
    startedAtMs,
    isDone: () => result.events >= order.maxEvents || monotonicMs() - startedAtMs >= order.maxMs,
    async send(connection, sentAtMs) {
      const first = result.events;
      result.events += step;
      result.posts++;
      sentMs.fill(sentAtMs, first, first + step);
      const body = write(first, order.perPost);
      result.bodyBytes += body.length;
      const status = await connection.post(body);
      result.lastAnswerMs = monotonicMs();
      if (status >= 200 && status < 300) return;
      result.refusedPosts++;
      result.firstRefusal ??= status;
    },
    result: (cpuMs) => ({ ...result, cpuMs, sentMs: sentMs.slice(0, result.events) }),
  };
}

async function sendClosedLoop(sender: Sender, connection: Connection): Promise<void> {
  while (!sender.isDone()) await sender.send(connection, monotonicMs());
}

/**
 * Posts at random times (exponential pauses, repeatable), whether or not earlier ones are answered. An event
 * counts as sent when it was due: a server that stalls cannot hide the wait of those it kept from being sent.
 */
async function sendOpenLoop(
  order: LoadOrder,
  postsPerSecond: number,
  sender: Sender,
  connections: Connection[],
): Promise<void> {
  const random = createRandom(order.run);
  const free = [...connections];
  const underWay = new Set<Promise<void>>();
  let dueMs = sender.startedAtMs;
  while (!sender.isDone()) {
    dueMs += (-Math.log(1 - random()) * 1000) / postsPerSecond;
    const pauseMs = dueMs - monotonicMs();
    if (pauseMs > 0) await sleep(pauseMs);
    // In turn: one that rests for long is closed by the server.
    let connection = free.shift();
    while (connection === undefined) {
      await Promise.race(underWay);
      connection = free.shift();
    }
    const used = connection;
    const post = sender.send(used, dueMs).then(() => {
      free.push(used);
      underWay.delete(post);
    });
    underWay.add(post);
  }
  await Promise.all(underWay);
}

/** A repeatable source of chance between 0 and 1 (the mulberry32 generator). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
