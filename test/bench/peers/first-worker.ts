// Entry point of a peer: the first worker of a bare two-hop pipeline passes each event on as a job of its own,
// save those that are only logged, which it knows by one look at the message.
import { type Job, Queue, Worker } from "bullmq";
import { isLoggedMessage } from "../load/payload.ts";
import { takeOrders } from "../processes/orders.ts";
import { connectRedis } from "./connect.ts";
import { FIRST_CONCURRENCY, JOB_OPTIONS, PEER_QUEUES } from "./queues.ts";

const next = new Queue(PEER_QUEUES.second, {
  connection: connectRedis(),
  defaultJobOptions: JOB_OPTIONS,
});
const worker = new Worker(
  PEER_QUEUES.first,
  async (job: Job<{ message: string }>) => {
    if (!isLoggedMessage(job.data.message)) await next.add("alert", job.data);
  },
  { connection: connectRedis(), concurrency: FIRST_CONCURRENCY },
);
await worker.waitUntilReady();
takeOrders(undefined);
