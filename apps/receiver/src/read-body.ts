import type { IncomingMessage } from "node:http";

/** Ten times what one delivery may have. */
const LIMIT_BYTES = 5 * 1024 * 1024;

/** The whole body as text; undefined when it is larger than the receiver takes (it is drained). */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LIMIT_BYTES) chunks.push(chunk);
  }
  return size > LIMIT_BYTES ? undefined : Buffer.concat(chunks, size).toString("utf8");
}
