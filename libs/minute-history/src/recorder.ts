import { randomUUID } from "node:crypto";
import { awaitLastWrite, type WarningLogger } from "@mutt/redis";
import type { Redis } from "ioredis";
import type { Counter, CountingApp } from "./fields.ts";
import { minuteOf } from "./keys.ts";
import { createTally } from "./tally.ts";
import { writeBatch } from "./write-batch.ts";

/** Counts what happens in this process, for the history in Redis. */
export interface MinuteRecorder extends AsyncDisposable {
  /** Adds `n` (default 1) to a counter; in memory, at once. */
  add(counter: Exclude<Counter, `up_${string}`>, n?: number): void;
}

/** What a recorder needs. */
export interface MinuteRecorderOptions {
  redis: Redis;
  prefix: string;
  /** Which app counts: its minutes are marked, so that no traffic can be told from nobody there. */
  app: CountingApp;
  /** Time between two writes, in milliseconds; 1000 when left out. */
  flushMs?: number;
  /** Is told when the process ends before its last counts are written. */
  logger?: WarningLogger;
  /** The clock, in epoch milliseconds. */
  now?: () => number;
}

const FLUSH_MS = 1000;

/**
 * Starts to record. All counts of a second go to Redis in one script, which writes each batch once, however often it
 * has to be sent. While Redis is away counts add up here, in bounded memory, and are written to the minutes in which
 * they were counted once it is back; what was not written when the process dies is lost.
 */
export function startMinuteRecorder(options: MinuteRecorderOptions): MinuteRecorder {
  const { app, flushMs = FLUSH_MS, now = Date.now } = options;
  const id = randomUUID();
  const tally = createTally();
  let flushing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    for (let batch = tally.next(); batch; batch = tally.next()) {
      try {
        await writeBatch(options, id, batch);
      } catch {
        // Sent again with the next flush; that Redis is away is said elsewhere.
        return;
      }
      tally.confirm();
    }
  };
  const flush = (): Promise<void> => {
    tally.add(minuteOf(now()), `up_${app}`, 1);
    flushing ??= write().finally(() => {
      flushing = undefined;
    });
    return flushing;
  };
  void flush();
  const timer = setInterval(() => void flush(), flushMs).unref();

  return {
    add(counter, n = 1) {
      tally.add(minuteOf(now()), counter, n);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await awaitLastWrite(options.redis, async () => {
        await flushing;
        await flush();
      });
      if (tally.next()) options.logger?.warn("the last counts of the history could not be written");
    },
  };
}
