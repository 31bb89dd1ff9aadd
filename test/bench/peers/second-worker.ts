// Entry point of a peer: the second worker of a bare two-hop pipeline posts each alert to the receiver.
import { type Job, Worker } from "bullmq";
import { Pool } from "undici";
import { takeOrders } from "../processes/orders.ts";
import { connectRedis, requiredVariable } from "./connect.ts";
import { PEER_QUEUES, SECOND_CONCURRENCY } from "./queues.ts";

const { origin, pathname } = new URL(requiredVariable("WEBHOOK_URL"));
const pool = new Pool(origin, { connections: SECOND_CONCURRENCY });
const worker = new Worker(
  PEER_QUEUES.second,
  async (job: Job) => {
    const { statusCode, body } = await pool.request({
      method: "POST",
      path: pathname,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(job.data),
    });
    await body.dump();
    if (statusCode >= 300) throw new Error(`HTTP ${statusCode}`);
  },
  { connection: connectRedis(), concurrency: SECOND_CONCURRENCY },
);
await worker.waitUntilReady();
takeOrders(undefined);
