import { Agent, get as httpGet, type IncomingMessage, type RequestListener } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { startHttpServer } from "./http-server.ts";

const HOST = "127.0.0.1";

async function setup(app: RequestListener, drainMs?: number) {
  const server = await startHttpServer({ app, host: HOST, port: 0, ...(drainMs && { drainMs }) });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const request = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      httpGet(server.url, { agent }, resolve).on("error", reject);
    });
  return { server, request };
}

describe("startHttpServer", () => {
  test("names the port and the variable when the port is taken", async () => {
    const { server } = await setup((_request, response) => void response.end());
    const { port } = server;
    await expect(
      startHttpServer({ app: () => {}, host: HOST, port, portVariable: "ADMIN_PORT" }),
    ).rejects.toThrow(
      `port ${port} on ${HOST} is taken by another process: stop that one, or set ADMIN_PORT`,
    );
  });

  test("names HOST when the address is not of this machine", async () => {
    await expect(startHttpServer({ app: () => {}, host: "192.0.2.1", port: 0 })).rejects.toThrow(
      "192.0.2.1 is not an address of this machine: set HOST",
    );
  });

  test("stops at once past idle keep-alive connections", async () => {
    const { server, request } = await setup((_request, response) => void response.end("ok"));
    expect(await text(await request())).toBe("ok");
    const started = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(6000);
  });

  test("lets a request in flight finish, closes its connection and takes no new one", async () => {
    const arrived = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const { server, request } = await setup(async (_request, response) => {
      arrived.resolve();
      await finish.promise;
      response.end("late");
    });
    const answer = request();
    await arrived.promise;
    const stopped = server[Symbol.asyncDispose]();
    const refused = connect(server.port, HOST);
    await expect(
      new Promise((resolve, reject) => refused.on("connect", resolve).on("error", reject)),
    ).rejects.toThrow("ECONNREFUSED");
    finish.resolve();
    expect(await text(await answer)).toBe("late");
    await stopped;
  });

  test("cuts requests that do not end in time", async () => {
    const arrived = Promise.withResolvers<void>();
    const { server, request } = await setup(() => arrived.resolve(), 50);
    const answer = request();
    // Handled from the start: the rejection comes while the stop is awaited.
    const cut = expect(answer).rejects.toThrow("socket hang up");
    await arrived.promise;
    await server[Symbol.asyncDispose]();
    await cut;
  });
});
