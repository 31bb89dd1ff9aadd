import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { discardBody, MAX_BODY_BYTES, readBody } from "./read-body.ts";

/** A request whose body is what is written to the stream. */
function setup() {
  const body = new PassThrough({ highWaterMark: 100 * 1024 * 1024 });
  const request = Object.assign(body, { complete: false }) as unknown as IncomingMessage;
  body.on("end", () => {
    request.complete = true;
  });
  return { body, request };
}

describe("readBody", () => {
  test("joins the parts", async () => {
    const { body, request } = setup();
    const reading = readBody(request);
    body.write("link ");
    body.end("down");
    expect(String(await reading)).toBe("link down");
  });

  test("gives an empty body as such", async () => {
    const { body, request } = setup();
    body.end();
    expect(await readBody(request)).toHaveLength(0);
  });

  test("takes 5 MiB and not a byte more", async () => {
    const most = setup();
    most.body.end(Buffer.alloc(MAX_BODY_BYTES));
    expect(await readBody(most.request)).toHaveLength(MAX_BODY_BYTES);
    const more = setup();
    more.body.write(Buffer.alloc(MAX_BODY_BYTES));
    more.body.end("x");
    expect(await readBody(more.request)).toBeUndefined();
  });

  test("reads a body that is too large to its end", async () => {
    const { body, request } = setup();
    const reading = readBody(request);
    body.write(Buffer.alloc(MAX_BODY_BYTES + 1));
    body.end(Buffer.alloc(MAX_BODY_BYTES));
    expect(await reading).toBeUndefined();
    expect(request.readableEnded).toBe(true);
  });

  test("cuts off a sender that never ends", async () => {
    const { body, request } = setup();
    const reading = readBody(request);
    body.write(Buffer.alloc(65 * 1024 * 1024));
    await expect(reading).rejects.toThrow("without end");
    expect(request.destroyed).toBe(true);
  });

  test("rejects when the sender goes away", async () => {
    const { body, request } = setup();
    const reading = readBody(request);
    body.write("link ");
    body.destroy();
    await expect(reading).rejects.toThrow("went away");
  });
});

describe("discardBody", () => {
  test("reads a body that nobody has read to its end", async () => {
    const { body, request } = setup();
    body.write(Buffer.alloc(MAX_BODY_BYTES));
    body.end("x");
    expect(await discardBody(request)).toBe(true);
    expect(request.readableEnded).toBe(true);
  });

  test("has nothing to do after the body was read", async () => {
    const { body, request } = setup();
    body.end("link down");
    await readBody(request);
    expect(await discardBody(request)).toBe(true);
  });

  test("tells that the sender went away, before and while it reads", async () => {
    const before = setup();
    before.body.destroy();
    expect(await discardBody(before.request)).toBe(false);
    const meanwhile = setup();
    const discarding = discardBody(meanwhile.request);
    meanwhile.body.destroy(new Error("reset"));
    expect(await discarding).toBe(false);
  });

  test("cuts off a sender that never ends", async () => {
    const { body, request } = setup();
    const discarding = discardBody(request);
    body.write(Buffer.alloc(65 * 1024 * 1024));
    expect(await discarding).toBe(false);
  });
});
