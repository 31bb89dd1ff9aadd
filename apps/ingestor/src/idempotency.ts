import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** An answer that can be given again. */
export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** What is known of an idempotency key at the start of a request. */
export type IdempotencyClaim =
  | { kind: "first" }
  | { kind: "repeat"; answer: StoredAnswer }
  | { kind: "in_progress" }
  | { kind: "other_body" };

interface StoredRecord {
  bodyHash: string;
  answer?: StoredAnswer;
}

/** How long a request may be in progress; after a crash in between the key is free again. */
const IN_PROGRESS_MS = 10_000;

/** How long an answer is kept. */
const KEEP_MS = 24 * 3600 * 1000;

/** Makes a repeated request harmless: the first answer is given again, and nothing is queued twice. */
export interface Idempotency {
  /** Takes the key, or says why not. */
  claim(keyName: string, key: string, body: Buffer): Promise<IdempotencyClaim>;
  /** Keeps the answer for 24 hours. */
  keep(keyName: string, key: string, body: Buffer, answer: StoredAnswer): Promise<void>;
  /** Frees the key after a failure, so that the sender can try again. */
  free(keyName: string, key: string): Promise<void>;
}

/** Makes the idempotency records; keys are kept apart by API key and stored as digests. */
export function createIdempotency(redis: Redis, prefix: string): Idempotency {
  const recordKey = (keyName: string, key: string): string =>
    `${prefix}:idempotency:${digest(`${keyName}\n${key}`)}`;
  return {
    async claim(keyName, key, body) {
      const bodyHash = digest(body);
      const record: StoredRecord = { bodyHash };
      const name = recordKey(keyName, key);
      const taken = await redis.set(name, JSON.stringify(record), "PX", IN_PROGRESS_MS, "NX");
      if (taken !== null) return { kind: "first" };
      const stored = await redis.get(name);
      // It ran out between the two calls: whoever held it is gone.
      if (stored === null) return { kind: "in_progress" };
      const found = JSON.parse(stored) as StoredRecord;
      if (found.bodyHash !== bodyHash) return { kind: "other_body" };
      return found.answer ? { kind: "repeat", answer: found.answer } : { kind: "in_progress" };
    },
    async keep(keyName, key, body, answer) {
      const record: StoredRecord = { bodyHash: digest(body), answer };
      await redis.set(recordKey(keyName, key), JSON.stringify(record), "PX", KEEP_MS);
    },
    async free(keyName, key) {
      await redis.del(recordKey(keyName, key));
    },
  };
}

function digest(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
