import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadCredentials, saveCredentials } from "./credentials.ts";

async function setup() {
  const dir = await mkdtemp(join(tmpdir(), "mutt-credentials-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, "credentials.json");
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

test("makes secrets of at least 32 characters in a file of the owner", async () => {
  const file = await setup();
  const { redis_port, ...secrets } = await loadCredentials(file);
  expect(redis_port).toBeUndefined();
  for (const secret of Object.values(secrets)) expect(secret.length).toBeGreaterThanOrEqual(32);
  expect(new Set(Object.values(secrets)).size).toBe(6);
  expect(await modeOf(file)).toBe(0o600);
});

test("keeps what it made", async () => {
  const file = await setup();
  const made = await loadCredentials(file);
  await saveCredentials(file, { ...made, redis_port: 7001 });
  expect(await loadCredentials(file)).toEqual({ ...made, redis_port: 7001 });
});

test("makes only what is missing, and closes a file that others could read", async () => {
  const file = await setup();
  const { viewer_key, ...rest } = await loadCredentials(file);
  await writeFile(file, JSON.stringify(rest));
  await chmod(file, 0o644);
  const again = await loadCredentials(file);
  expect(again).toMatchObject(rest);
  expect(again.viewer_key).not.toBe(viewer_key);
  expect(await modeOf(file)).toBe(0o600);
});

test.each([
  ["{", "is not JSON"],
  ['{"ingest_key":"short"}', "ingest_key"],
])("names the file and the cure for %s", async (text, problem) => {
  const file = await setup();
  await writeFile(file, text);
  const failure = loadCredentials(file);
  await expect(failure).rejects.toThrow(problem);
  await expect(failure).rejects.toThrow(/credentials\.json.*delete it/);
  expect(await readFile(file, "utf8")).toBe(text);
});
