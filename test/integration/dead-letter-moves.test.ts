import { addChunks, openQueue, readCounts, sweepFailedJobs } from "@mutt/queues";
import { patientOptions, redisSettings } from "@mutt/redis";
import { startTestRedis, type TestRedis, uniquePrefix } from "@mutt/testkit";
import { UnrecoverableError, Worker } from "bullmq";
import { afterAll, beforeAll, expect, test } from "vitest";

let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  await redis.stop();
});

const event = (id: string) => ({
  id,
  correlation_id: "c",
  hostname: "h",
  message: "m",
  severity: 3 as const,
  timestamp: "2026-11-24T06:00:00.000Z",
  received_at: "2026-11-24T06:00:00.000Z",
});

function setup() {
  const prefix = uniquePrefix("moves");
  const connection = patientOptions(redisSettings({ REDIS_URL: redis.url }));
  const queues = { connection, prefix, onError: () => {} };
  return {
    prefix,
    connection,
    ingest: openQueue("ingest", queues),
    dead: openQueue("dlq-alerter", queues),
  };
}

test("adding the same chunk again adds nothing", async () => {
  await using stack = new AsyncDisposableStack();
  const { ingest, dead } = setup();
  stack.defer(() => Promise.all([ingest.close(), dead.close()]).then(() => undefined));
  const chunks = [{ events: [event("a"), event("b")] }, { events: [event("c")] }];
  await addChunks(ingest, chunks);
  await addChunks(ingest, chunks);
  expect(await readCounts(ingest)).toMatchObject({ waiting: 2 });
});

const SWEEPER = { worker: "w", version: "v", onProblem: () => {} };

/** Has BullMQ fail every waiting job the way it fails one whose workers were lost. */
async function failAll(queues: { connection: ReturnType<typeof patientOptions>; prefix: string }) {
  const failed = Promise.withResolvers<void>();
  const worker = new Worker(
    "ingest",
    async () => {
      throw new UnrecoverableError("job stalled more than allowable limit");
    },
    queues,
  );
  worker.on("failed", () => failed.resolve());
  await failed.promise;
  await worker.close();
}

test("a chunk that BullMQ failed becomes one dead letter per event, also when the move is done twice", async () => {
  await using stack = new AsyncDisposableStack();
  const { prefix, connection, ingest, dead } = setup();
  stack.defer(() => Promise.all([ingest.close(), dead.close()]).then(() => undefined));
  const chunk = { events: [event("a"), event("b"), event("c")] };
  // The second round is what a sweeper finds that died between adding and removing.
  for (const round of [1, 2]) {
    await addChunks(ingest, [chunk]);
    await failAll({ connection, prefix });
    expect(await sweepFailedJobs(ingest, dead, SWEEPER), `${round}`).toBe(3);
  }

  expect(await readCounts(ingest)).toMatchObject({ failed: 0, waiting: 0 });
  const entries = await dead.getWaiting(0, 10);
  expect(entries.map((entry) => entry.data.alert_id).sort()).toEqual(["a", "b", "c"]);
  expect(entries[0]?.data).toMatchObject({
    origin_queue: "ingest",
    class: "worker_lost",
    reason: "stalled",
    replays: 0,
  });
});

test("a failed job that cannot be read stays where it is, is reported, and holds up no other", async () => {
  await using stack = new AsyncDisposableStack();
  const { prefix, connection, ingest, dead } = setup();
  stack.defer(() => Promise.all([ingest.close(), dead.close()]).then(() => undefined));
  await ingest.add("chunk", {} as { events: [] }, { jobId: "broken" });
  await failAll({ connection, prefix });
  await addChunks(ingest, [{ events: [event("a")] }]);
  await failAll({ connection, prefix });

  const problems: string[] = [];
  const sweeper = { ...SWEEPER, onProblem: (jobId: string) => problems.push(jobId) };
  expect(await sweepFailedJobs(ingest, dead, sweeper)).toBe(1);
  expect(problems).toEqual(["broken"]);
  expect(await readCounts(ingest)).toMatchObject({ failed: 1 });
  expect(await readCounts(dead)).toMatchObject({ waiting: 1 });
});
