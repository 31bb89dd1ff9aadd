// What `helm test` runs in a pod, run here against the real apps.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Pipeline, startPipeline, TEST_KEYS } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CHART } from "./paths.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ testName: "helm-test" });
}, 180_000);

afterAll(async () => {
  await pipeline?.[Symbol.asyncDispose]();
});

/** Runs the script as the pod does; gives what it prints, and throws with it when it fails. */
async function runTest(env: Record<string, string> = {}): Promise<string> {
  const forwarder = new URL(pipeline.app("forwarder").url);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`${CHART}/files/test/send-alert.ts`],
    {
      env: {
        INGEST_URL: pipeline.app("ingestor").url,
        ADMIN_URL: pipeline.app("admin").url,
        FORWARDER_HOST: forwarder.hostname,
        FORWARDER_PORT: forwarder.port,
        INGEST_API_KEYS: `relay:${TEST_KEYS.ingest}`,
        ADMIN_API_KEYS: `look:viewer:${TEST_KEYS.viewer}, ops:admin:${TEST_KEYS.admin}`,
        TIMEOUT_SECONDS: "60",
        ...env,
      },
    },
  );
  return stdout;
}

const rules = async (): Promise<unknown[]> => {
  const answer = await pipeline.admin("/api/v1/rules");
  return ((await answer.json()) as { items: unknown[] }).items;
};

test("sees an alert delivered, and leaves no rule behind", { timeout: 120_000 }, async () => {
  expect(await runTest()).toContain("an alert was delivered");
  const [alert] = pipeline.receiver.alerts();
  expect(alert?.alert).toMatchObject({
    class: "mutt-test",
    source: "mutt-helm-test.example.net",
  });
  expect(await rules()).toEqual([]);
});

test("says so when none is delivered, and leaves no rule behind", {
  timeout: 120_000,
}, async () => {
  pipeline.receiver.setMode({ mode: "error" });
  await expect(runTest({ TIMEOUT_SECONDS: "1" })).rejects.toThrow("no alert was delivered");
  expect(await rules()).toEqual([]);
});

test("says so when a key is missing", async () => {
  const keys = { ADMIN_API_KEYS: `look:viewer:${TEST_KEYS.viewer}` };
  await expect(runTest(keys)).rejects.toThrow("no key of role admin");
});
