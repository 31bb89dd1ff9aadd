import { createStoryWriter, readStory, type StoryRecord } from "@mutt/pipeline-state";
import { startTestRedis, type TestRedis, uniquePrefix, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

let shared: TestRedis;

beforeAll(async () => {
  shared = await startTestRedis();
});
afterAll(() => shared.stop());

const RECORD: StoryRecord = {
  stage: "queued",
  at: 1_764_000_000_250,
  receivedAt: 1_764_000_000_000,
  ruleId: 12,
  handling: "Page_only",
  environment: "prod",
  jobId: "d-abc.1",
};

function setup(most: number) {
  const prefix = uniquePrefix("stories");
  const redis = shared.client();
  const writer = createStoryWriter(redis, prefix, () => most, 1);
  const pages = () => redis.keys(`${prefix}:stories:*`);
  return { redis, prefix, writer, pages, read: (id: string) => readStory(redis, prefix, id) };
}

const ids = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `id-${from + index}`);

test("what was noted of an event is read again, and the last note counts", async () => {
  const { writer, read } = setup(1000);
  writer.note([["a", RECORD]]);
  await waitFor(async () => (await read("a")) !== undefined, { what: "it is written" });
  expect(await read("a")).toEqual(RECORD);
  expect(await read("b")).toBeUndefined();
  const { jobId: _, ...rest } = RECORD;
  const delivered: StoryRecord = { ...rest, stage: "delivered", attempts: 2 };
  writer.note([["a", delivered]]);
  await waitFor(async () => (await read("a"))?.stage === "delivered", { what: "it is written" });
  expect(await read("a")).toEqual(delivered);
});

test("the oldest are forgotten, page by page; memory is bounded whatever comes", async () => {
  const { redis, writer, pages, read } = setup(160);
  for (let from = 0; from < 2000; from += 10) {
    writer.note(ids(from, 10).map((id) => [id, RECORD]));
    await waitFor(async () => (await read(`id-${from}`)) !== undefined, { what: "written" });
  }
  // Two notes an event are allowed for; each page is as full as its last leaf made it.
  const known = await Promise.all(ids(0, 2000).map(async (id) => (await read(id)) !== undefined));
  const kept = known.filter(Boolean).length;
  expect(kept).toBeGreaterThanOrEqual(2 * 150);
  expect(kept).toBeLessThanOrEqual(2 * 170);
  expect(await read("id-0")).toBeUndefined();
  expect(await read("id-1999")).toEqual(RECORD);
  // Nothing stays for ever.
  for (const page of await pages()) expect(await redis.ttl(page)).toBeGreaterThan(86_000);
});

test("two writers share the pages", async () => {
  const { redis, prefix, writer, read, pages } = setup(160);
  const other = createStoryWriter(redis, prefix, () => 160, 1);
  for (let from = 0; from < 100; from += 10) {
    writer.note(ids(from, 10).map((id) => [id, RECORD]));
    other.note(ids(1000 + from, 10).map((id) => [id, RECORD]));
    const isThere = async () =>
      (await read(`id-${from}`)) !== undefined && (await read(`id-${1000 + from}`)) !== undefined;
    await waitFor(isThere, { what: "both are written" });
  }
  expect((await pages()).length).toBeLessThanOrEqual(16);
});

test("with 0 none is kept", async () => {
  const { writer, pages } = setup(0);
  writer.note([["a", RECORD]]);
  expect(await pages()).toEqual([]);
});
