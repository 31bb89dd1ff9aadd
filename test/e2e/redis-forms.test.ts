// The whole pipeline on Redis with TLS and ACL, behind Sentinels with a failover in mid-stream, and on a Cluster.

import { startReceiver } from "@mutt/receiver";
import { importRules } from "@mutt/store";
import { spawnApp, TEST_KEYS, uniquePrefix, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { type RedisForm, startCluster, startSentinels, startTlsRedis } from "./redis-forms.ts";
import { FORWARD_FAULTS, faults, sendAll, untilDelivered } from "./support.ts";

const APPS = ["ingestor", "alerter", "forwarder", "remediation", "admin"] as const;

/** The real apps on a Redis in some form. */
async function startOn(form: RedisForm, prefix: string) {
  await using rollback = new AsyncDisposableStack();
  const receiver = rollback.use(await startReceiver({ apiKey: TEST_KEYS.moog }));
  await importRules(
    { redis: form.client(), prefix },
    { rules: [FORWARD_FAULTS], dev_hosts: [], teams: [] },
    { actor: "test" },
  );
  const env = {
    ...form.env,
    QUEUE_PREFIX: prefix,
    SHUTDOWN_TIMEOUT_MS: "10000",
    INGEST_API_KEYS: `test:${TEST_KEYS.ingest}`,
    ADMIN_API_KEYS: `admin:admin:${TEST_KEYS.admin}`,
    MOOG_WEBHOOK_URL: `${receiver.url}/webhook`,
    MOOG_API_KEY: TEST_KEYS.moog,
    MOOG_RATE_LIMIT: "0",
  };
  const apps = await Promise.all(
    APPS.map(async (name) => {
      const app = rollback.use(await spawnApp(name, { env }));
      await app.waitReady(60_000);
      return app;
    }),
  );
  const url = apps[0]?.url;
  const parts = rollback.move();
  return {
    receiver,
    apps,
    ingest: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${url}/api/v1/ingest`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-api-key": TEST_KEYS.ingest, ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

const bodies = (count: number) =>
  Array.from({ length: count }, (_, index) => faults(10, `batch ${index}`));

test("TLS with a client certificate, and a user of an ACL", async () => {
  await using form = await startTlsRedis();
  await using pipeline = await startOn(form, uniquePrefix("tls"));
  const { ids } = await sendAll(pipeline, bodies(20));
  await untilDelivered(pipeline.receiver, ids);
  expect(ids.size).toBe(200);
});

test("a failover of Sentinels in mid-stream loses nothing that was accepted, and workers go on by themselves", async () => {
  await using form = await startSentinels();
  await using pipeline = await startOn(form, uniquePrefix("sentinel"));
  const sending = sendAll(pipeline, bodies(400), {
    concurrency: 2,
    pauseMs: 20,
  });
  await waitFor(() => pipeline.receiver.alerts({ limit: 100_000 }).length > 200, {
    what: "alerts flow",
  });
  await form.killMaster();
  const accepted = await sending;
  expect(accepted.refusals).toBeGreaterThan(0);
  expect(accepted.ids.size).toBe(4000);
  await untilDelivered(pipeline.receiver, accepted.ids);
  for (const app of pipeline.apps) await app.waitReady(20_000);
});

test("a Cluster holds all keys of a pipeline on one node, and everything works there", async () => {
  await using form = await startCluster();
  const prefix = `{${uniquePrefix("cluster")}}`;
  await using pipeline = await startOn(form, prefix);
  const { ids } = await sendAll(pipeline, bodies(20));
  await untilDelivered(pipeline.receiver, ids);
  expect(ids.size).toBe(200);
  const nodes = await Promise.all(
    [`${prefix}:ingest:meta`, `${prefix}:alert:meta`, `${prefix}:overload`].map(form.nodeOf),
  );
  expect(nodes[0]).toBeGreaterThan(0);
  expect(new Set(nodes).size).toBe(1);
});

test("a Cluster without a prefix in braces is refused with the cure", async () => {
  const app = await spawnApp("remediation", {
    env: { REDIS_CLUSTER_NODES: "127.0.0.1:7000", QUEUE_PREFIX: "mutt" },
  });
  expect((await app.exited).code).toBe(1);
  expect(app.logs()).toMatch(/QUEUE_PREFIX: a Redis Cluster needs it in braces, such as \{mutt\}/);
  await app[Symbol.asyncDispose]();
});
