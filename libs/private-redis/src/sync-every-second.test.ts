import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { syncEverySecond } from "./sync-every-second.ts";

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), "mutt-sync-"));
  const stop = new AbortController();
  const problems: string[] = [];
  const syncing = syncEverySecond(dir, stop.signal, (error) => problems.push(error.message));
  onTestFinished(async () => {
    stop.abort();
    await rm(dir, { recursive: true, force: true });
  });
  return { dir, stop, problems, syncing };
}

test("tells of a file that cannot be brought to the disk, and of no other", async () => {
  const { dir, problems } = await setup();
  await mkdir(join(dir, "appendonlydir"));
  await writeFile(join(dir, "appendonlydir", "good.aof"), "x");
  // A directory of that name cannot be opened for writing, whoever asks.
  await mkdir(join(dir, "appendonlydir", "bad.aof"));
  await expect.poll(() => problems, { timeout: 4_000 }).toHaveLength(1);
  expect(problems[0]).toContain("bad.aof");
});

test("ends when told to, and needs no file to be there", async () => {
  const { stop, problems, syncing } = await setup();
  stop.abort();
  await syncing;
  expect(problems).toEqual([]);
});
