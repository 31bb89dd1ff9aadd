// Entry point of a peer: an Express server that puts what is posted into a BullMQ queue and answers 202, with
// no checks at all. One event becomes one job; an array of them goes in by `addBulk`.
import type { AddressInfo } from "node:net";
import { Queue } from "bullmq";
import express from "express";
import { takeOrders } from "../processes/orders.ts";
import { connectRedis } from "./connect.ts";
import { JOB_OPTIONS, PEER_QUEUES } from "./queues.ts";

const queue = new Queue(PEER_QUEUES.first, {
  connection: connectRedis(),
  defaultJobOptions: JOB_OPTIONS,
});
const app = express();
app.use(express.json({ limit: "5mb" }));
app.post("/ingest", async (request, response) => {
  const body: unknown = request.body;
  if (Array.isArray(body)) {
    await queue.addBulk(body.map((data: unknown) => ({ name: "event", data })));
    response.status(202).json({ status: "queued", accepted: body.length });
    return;
  }
  const job = await queue.add("event", body);
  response.status(202).json({ status: "queued", id: job.id });
});
const server = app.listen(0, "127.0.0.1", () => {
  takeOrders({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest` });
});
server.keepAliveTimeout = 75_000;
