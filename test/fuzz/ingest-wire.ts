// Requests as they go over the wire.
import { type Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { FuzzAnswer } from "./ingest-answers.ts";
import { bytesOf } from "./ingest-bodies.ts";
import type { RawCase, RequestCase } from "./ingest-requests.ts";

/** Where the ingestor is, and the connections to it. */
interface Door {
  url: string;
  agent: Agent;
}

/** An answer that takes longer is none; far above what a busy machine needs. */
const NO_ANSWER_MS = 60_000;

/** Sends a request over one of the agent's connections; rejects when there is no answer. */
export async function send(
  { url, agent }: Door,
  { path, headers, idempotencyKey, body }: RequestCase,
) {
  const all = [...headers, ...(idempotencyKey === undefined ? [] : [idempotencyKey])];
  const { promise, resolve, reject } = Promise.withResolvers<FuzzAnswer>();
  const bytes = bytesOf(body.parts);
  const request = httpRequest(
    `${url}${path}`,
    {
      agent,
      method: "POST",
      headers: Object.assign(
        { "content-length": bytes.length },
        ...all.map((each) => each.headers),
      ),
      signal: AbortSignal.timeout(NO_ANSWER_MS),
    },
    (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => void parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    },
  );
  request.on("error", reject);
  request.end(bytes);
  return await promise;
}

/** Whatever it is, it ends: with the end of the connection, and no answer that accepts or blames ourselves. */
export async function checkRaw({ url }: Door, { bytes }: RawCase): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const { promise, resolve } = Promise.withResolvers<void>();
  let received = "";
  socket.setEncoding("latin1");
  socket.on("data", (part: string) => {
    received += part;
  });
  // A connection that is reset is an end too.
  socket.on("error", () => {});
  socket.on("close", () => resolve());
  socket.setTimeout(NO_ANSWER_MS, () => {
    received += "HTTP/1.1 000 never";
    socket.destroy();
  });
  socket.end(bytes);
  await promise;
  const statuses = [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => match[1] ?? "");
  const wrong = statuses.filter((status) => !/^(100|4\d\d|501)$/.test(status));
  if (wrong.length > 0) throw new Error(`answered ${wrong.join()}: ${received}`);
}
