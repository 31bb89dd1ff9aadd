import { connect, type Socket } from "node:net";
import { within } from "../processes/within.ts";

/** A keep-alive connection that sends one request at a time. */
export interface Connection {
  /**
   * Posts a body of ASCII text; resolves with the status once the whole answer is in. Rejects when the server breaks
   * the connection under the request, or is silent for too long.
   */
  post(body: string): Promise<number>;
  close(): void;
}

const HEAD_END = "\r\n\r\n";
const CHUNKED_END = "0\r\n\r\n";

/** No server here takes longer over an answer unless it stands still: a bench must end, and say why. */
const ANSWER_LIMIT_MS = 20_000;

/** A connection at the loopback address is there at once or never. */
const CONNECT_LIMIT_MS = 10_000;

/**
 * Opens a connection. Written on the socket because a general HTTP client takes as much of the machine as
 * some of the servers it is to measure; answers need a `Content-Length` or chunks, as all servers here give.
 *
 * Servers close a connection that nothing was sent over for a while (Node one that was never used after 15 s), so one
 * that has gone meanwhile is opened again before the next post: a request written to it would never be answered.
 */
export async function openConnection(
  url: string,
  headers: Record<string, string>,
  answerLimitMs = ANSWER_LIMIT_MS,
): Promise<Connection> {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers });
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}content-type: application/json\r\ncontent-length: `;
  const open = async (): Promise<Channel> => {
    const socket = await connected(hostname, Number(port));
    return { socket, answers: readAnswers(socket, answerLimitMs) };
  };
  let channel = await open();
  return {
    async post(body) {
      if (!channel.socket.writable) channel = await open();
      const answer = channel.answers.next();
      channel.socket.write(`${head}${body.length}${HEAD_END}${body}`, "latin1");
      return await answer;
    },
    close: () => void channel.socket.destroy(),
  };
}

interface Channel {
  socket: Socket;
  answers: { next(): Promise<number> };
}

async function connected(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  const settled = Promise.withResolvers<void>();
  socket.once("connect", settled.resolve);
  socket.once("error", settled.reject);
  await within(settled.promise, {
    what: `a connection to port ${port} is there`,
    limitMs: CONNECT_LIMIT_MS,
  });
  return socket;
}

function readAnswers(socket: Socket, limitMs: number): Channel["answers"] {
  let received: Buffer | undefined;
  let waiting: PromiseWithResolvers<number> | undefined;
  const fail = (error: Error): void => waiting?.reject(error);
  socket.on("data", (part) => {
    received = received ? Buffer.concat([received, part]) : part;
    const status = statusOfComplete(received);
    if (status === undefined) return;
    received = undefined;
    const answered = waiting;
    waiting = undefined;
    answered?.resolve(status);
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server closed a connection under a request")));
  // Counts from the last byte in either direction, so that it costs nothing per request.
  socket.setTimeout(limitMs, () => {
    if (waiting) socket.destroy(new Error(`the server did not answer a post for ${limitMs} ms`));
  });
  return {
    next() {
      waiting = Promise.withResolvers<number>();
      return waiting.promise;
    },
  };
}

/** The status of an answer that is complete; `undefined` while some of it is missing. */
function statusOfComplete(received: Buffer): number | undefined {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = received.toString("latin1", 0, headEnd);
  const length = /content-length: *(\d+)/i.exec(head)?.[1];
  const isComplete =
    length === undefined
      ? received.toString("latin1", Math.max(0, received.length - CHUNKED_END.length)) ===
        CHUNKED_END
      : received.length >= headEnd + HEAD_END.length + Number(length);
  // "HTTP/1.1 202 Accepted"
  return isComplete ? Number(head.slice(9, 12)) : undefined;
}
