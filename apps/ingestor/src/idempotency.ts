import { createHash, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

/** An answer that can be given again. */
export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** What is known of an idempotency key at the start of a request. */
export type IdempotencyClaim =
  | { kind: "first"; held: HeldKey }
  | { kind: "repeat"; answer: StoredAnswer }
  | { kind: "in_progress" }
  | { kind: "other_body" };

/** An idempotency key that a request has taken. */
export interface HeldKey {
  /** Keeps the answer for 24 hours. */
  keep(answer: StoredAnswer): Promise<void>;
  /** Frees the key after a failure, so that the sender can try again. */
  free(): Promise<void>;
}

interface StoredRecord {
  bodyHash: string;
  /** Tells this request's hold on the key from that of any other. */
  hold: string;
  answer?: StoredAnswer;
}

/** How long a request may be in progress; after a crash in between the key is free again. */
const IN_PROGRESS_MS = 10_000;

/** How long an answer is kept. */
const KEEP_MS = 24 * 3600 * 1000;

/** Deletes a record that is still as it was written. */
const FREE_LUA = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;

/** Makes a repeated request harmless: the first answer is given again, and nothing is queued twice. */
export interface Idempotency {
  /** Takes the key, or says why not; rejects when Redis cannot be reached, and then the key is not taken. */
  claim(keyName: string, key: string, body: Buffer): Promise<IdempotencyClaim>;
}

/** Makes the idempotency records; keys are kept apart by API key and stored as digests. */
export function createIdempotency(redis: Redis, prefix: string): Idempotency {
  return {
    async claim(keyName, key, body) {
      const name = `${prefix}:idempotency:${digest(`${keyName}\n${key}`)}`;
      const bodyHash = digest(body);
      const record = JSON.stringify({ bodyHash, hold: randomUUID() } satisfies StoredRecord);
      const held = holdKey(redis, { name, record });
      try {
        const taken = await redis.set(name, record, "PX", IN_PROGRESS_MS, "NX");
        return taken === null ? await readClaim(redis, name, bodyHash) : { kind: "first", held };
      } catch (error) {
        // A Redis that was only slow takes the key after all, and a repeat would be told to wait for nobody.
        void held.free().catch(() => {});
        throw error;
      }
    },
  };
}

function holdKey(redis: Redis, { name, record }: { name: string; record: string }): HeldKey {
  return {
    async keep(answer) {
      const kept: StoredRecord = { ...(JSON.parse(record) as StoredRecord), answer };
      await redis.set(name, JSON.stringify(kept), "PX", KEEP_MS);
    },
    async free() {
      // By its text: a digest that Redis does not know would need a second attempt.
      await redis.eval(FREE_LUA, 1, name, record);
    },
  };
}

async function readClaim(redis: Redis, name: string, bodyHash: string): Promise<IdempotencyClaim> {
  const stored = await redis.get(name);
  // It ran out between the two calls: whoever held it is gone.
  if (stored === null) return { kind: "in_progress" };
  const found = JSON.parse(stored) as StoredRecord;
  if (found.bodyHash !== bodyHash) return { kind: "other_body" };
  return found.answer ? { kind: "repeat", answer: found.answer } : { kind: "in_progress" };
}

function digest(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
