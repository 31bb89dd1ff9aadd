import { once } from "node:events";
import { createServer } from "node:http";
import { startReceiver } from "@mutt/receiver";
import { expect, onTestFinished, test } from "vitest";
import { runSelfTest } from "./self-test.ts";

/** An ingestor in miniature that gives every event on to the receiver, or keeps it. */
async function setup(options: { status?: number; keepsIt?: boolean } = {}) {
  const receiver = await startReceiver();
  const server = createServer(async (_request, response) => {
    if (!options.keepsIt) {
      await fetch(receiver.url, { method: "POST", body: '[{"external_id":"id-1"}]' });
    }
    response.writeHead(options.status ?? 202).end('{"status":"queued","id":"id-1"}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await receiver.stop();
  });
  const address = server.address();
  return {
    ingestUrl: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    ingestKey: "k",
    receiverUrl: receiver.url,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
  };
}

test("tells how long the alert took", async () => {
  const result = await runSelfTest(await setup());
  expect(result).toMatchObject({ arrived: true, id: "id-1" });
  expect(result).toSatisfy(
    (it: { latencyMs: number }) => it.latencyMs >= 0 && it.latencyMs < 5_000,
  );
});

test("gives up on an alert that does not arrive", async () => {
  const target = await setup({ keepsIt: true });
  expect(await runSelfTest({ ...target, timeoutMs: 50 })).toEqual({
    arrived: false,
    id: "id-1",
    waitedMs: 50,
  });
});

test("throws what the ingestor answered when it refuses", async () => {
  await expect(runSelfTest(await setup({ status: 503 }))).rejects.toThrow("with 503");
});
