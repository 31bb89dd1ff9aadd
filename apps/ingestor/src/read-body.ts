import type { IncomingMessage } from "node:http";

/** The largest request body in bytes. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** After this many bytes a sender is no longer listened to, only cut off. */
const MAX_DRAIN_BYTES = 64 * 1024 * 1024;

/**
 * Reads a request body of at most 5 MiB; `undefined` when it is larger.
 * A larger body is read to its end and thrown away first: an answer while the sender still writes would
 * reach it as a broken connection. Rejects when the sender goes away.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  const parts: Buffer[] = [];
  let size = 0;
  request.on("data", (part: Buffer) => {
    size += part.length;
    if (size <= MAX_BODY_BYTES) parts.push(part);
    else parts.length = 0;
    if (size > MAX_DRAIN_BYTES) request.destroy(new Error("request body without end"));
  });
  request.on("end", () => resolve(size > MAX_BODY_BYTES ? undefined : joined(parts)));
  request.on("error", reject);
  request.on("close", () => reject(new Error("the sender went away")));
  return await promise;
}

/**
 * Reads what is left of a body and throws it away, for an answer that does not need it: sent while the
 * sender still writes, it would reach it as a broken connection. Answers whether the sender is still there.
 */
export async function discardBody(request: IncomingMessage): Promise<boolean> {
  if (request.readableEnded || request.destroyed) return request.complete;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let size = 0;
  request.on("data", (part: Buffer) => {
    size += part.length;
    if (size > MAX_DRAIN_BYTES) request.destroy();
  });
  request.on("end", () => resolve(true));
  request.on("error", () => resolve(false));
  request.on("close", () => resolve(request.complete));
  return await promise;
}

function joined(parts: Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}
