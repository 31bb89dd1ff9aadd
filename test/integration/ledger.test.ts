import {
  addChunks,
  closeQueue,
  createLedgerWriter,
  openQueue,
  type QueueConnection,
  readLedger,
} from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import { startTestRedis, type TestRedis, uniquePrefix, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

function setup() {
  const prefix = uniquePrefix("ledger");
  const redis = shared.client();
  return { prefix, redis, writer: createLedgerWriter(redis, prefix) };
}

test("counts add up, also of several writers, and an empty ledger is all zeros", async () => {
  const { redis, prefix, writer } = setup();
  expect(await readLedger(redis, prefix)).toMatchObject({ accepted: 0, unaccounted: 0 });
  const other = createLedgerWriter(redis, prefix);
  for (let i = 0; i < 500; i++) {
    writer.count("accepted", 2);
    other.count(i % 2 ? "delivered" : "logged", 1);
  }
  const isWritten = async () => (await readLedger(redis, prefix)).unaccounted === 500;
  await waitFor(isWritten, { what: "all is written" });
  const ledger = await readLedger(redis, prefix);
  expect(ledger).toMatchObject({ accepted: 1000, delivered: 250, logged: 250 });
});

test("a count that had to be sent again is added once", async () => {
  const { redis, prefix } = setup();
  let failures = 0;
  // The write comes through, its answer does not: as when a connection breaks in between.
  const deaf = new Proxy(redis, {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (name !== "evalsha" && name !== "eval") {
        return typeof member === "function" ? member.bind(target) : member;
      }
      return async (...args: unknown[]) => {
        const answer = await (member as (...all: unknown[]) => Promise<unknown>).apply(
          target,
          args,
        );
        if (failures++ < 1) throw new Error("the connection broke");
        return answer;
      };
    },
  });
  await redis.script("FLUSH");
  const writer = createLedgerWriter(deaf, prefix);
  writer.count("accepted", 7);
  await waitFor(async () => failures >= 2, { what: "it is sent again", timeoutMs: 15_000 });
  expect((await readLedger(redis, prefix)).accepted).toBe(7);
});

test("what waits is counted in events, by the ids of the jobs alone", async () => {
  const { redis, prefix, writer } = setup();
  const connection: QueueConnection = {
    connection: patientOptions(redisSettings({ REDIS_URL: shared.url })),
    prefix,
    onError: () => {},
  };
  const queue = openQueue("ingest", connection);
  const event = (id: string) => ({
    id,
    correlation_id: "c",
    hostname: "h",
    message: "m",
    severity: 3 as const,
    timestamp: "2026-11-24T06:00:00.000Z",
    received_at: "2026-11-24T06:00:00.000Z",
  });
  await addChunks(queue, [{ events: ["a", "b", "c"].map(event) }, { events: ["d"].map(event) }]);
  writer.count("accepted", 4);
  await waitFor(async () => (await readLedger(redis, prefix)).accepted === 4, { what: "written" });
  expect(await readLedger(redis, prefix)).toMatchObject({
    in_flight: { ingest: 4, alert: 0 },
    unaccounted: 0,
  });
  await closeQueue(queue);
});
