// Entry point of the server that shows what the load generator itself can do: it reads a body and answers 202.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { takeOrders } from "../processes/orders.ts";

const server = createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(202, { "content-length": "0" }).end());
});
server.keepAliveTimeout = 75_000;
await new Promise<void>((listening) => {
  server.listen({ host: "127.0.0.1", port: 0 }, listening);
});
takeOrders({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
