import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { waitFor } from "@mutt/testkit";
import { expect, onTestFinished, test } from "vitest";
import { openConnection } from "./connection.ts";

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

const accept: RequestListener = (request, response) => {
  request.resume().on("end", () => response.writeHead(202, { "content-length": "0" }).end());
};

/** Sockets of this process: both ends of a connection are here. */
function countSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
}

test("a connection that the server closed while it was idle is opened again for the next post", async () => {
  const { server, url } = await serve(accept);
  const before = countSockets();
  const connection = await openConnection(url, {});
  onTestFinished(() => connection.close());
  expect(await connection.post("{}")).toBe(202);
  server.closeAllConnections();
  await waitFor(() => countSockets() === before, { what: "both ends are closed" });

  expect(await connection.post("{}")).toBe(202);
});

test("a post that is never answered is given up with a sentence that says so", async () => {
  const { url } = await serve(() => {});
  const connection = await openConnection(url, {}, 100);

  await expect(connection.post("{}")).rejects.toThrow("did not answer a post for 100 ms");
});
