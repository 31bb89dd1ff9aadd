// Entry point of the process that stands in for the incident platform: it takes every delivery at once, and
// counts the same way whoever sends.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { monotonicMs } from "../processes/clock.ts";
import { takeOrders } from "../processes/orders.ts";
import { createArrivals, noteArrivals } from "./arrivals.ts";
import type { SinkOrder } from "./sink.ts";

let arrivals = createArrivals(0);
let run = 0;
let onArrival = (): void => {};

const server = createServer((request, response) => {
  readBody(request).then(
    (body) => {
      // Health probes come by another path.
      if (request.url === "/webhook") {
        noteArrivals(arrivals, body, { run, nowMs: monotonicMs() });
        onArrival();
      }
      response.writeHead(200, { "content-length": "0" }).end();
    },
    () => response.destroy(),
  );
});
server.keepAliveTimeout = 75_000;
await new Promise<void>((listening) => {
  server.listen({ host: "127.0.0.1", port: 0 }, listening);
});

takeOrders<SinkOrder>(
  { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  (order) => {
    if (order.kind === "begin") {
      arrivals = createArrivals(order.capacity);
      run = order.run;
      return undefined;
    }
    return untilArrived(order);
  },
);

async function untilArrived({ count, timeoutMs }: { count: number; timeoutMs: number }) {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    onArrival = () => {
      if (arrivals.unique < count) return;
      clearTimeout(timer);
      resolve();
    };
    onArrival();
  });
  onArrival = () => {};
  return arrivals;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
