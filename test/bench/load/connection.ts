import { connect, type Socket } from "node:net";

/** A keep-alive connection that sends one request at a time. */
export interface Connection {
  /** Posts a body of ASCII text; resolves with the status once the whole answer is in. */
  post(body: string): Promise<number>;
  close(): void;
}

const HEAD_END = "\r\n\r\n";
const CHUNKED_END = "0\r\n\r\n";

/**
 * Opens a connection. Written on the socket because a general HTTP client takes as much of the machine as
 * some of the servers it is to measure; answers need a `Content-Length` or chunks, as all servers here give.
 */
export async function openConnection(
  url: string,
  headers: Record<string, string>,
): Promise<Connection> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const connected = Promise.withResolvers<void>();
  socket.once("connect", connected.resolve);
  socket.once("error", connected.reject);
  await connected.promise;

  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers });
  const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}content-type: application/json\r\ncontent-length: `;
  const answers = readAnswers(socket);
  return {
    post(body) {
      const answer = answers.next();
      socket.write(`${head}${body.length}${HEAD_END}${body}`, "latin1");
      return answer;
    },
    close: () => void socket.destroy(),
  };
}

function readAnswers(socket: Socket): { next(): Promise<number> } {
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
  socket.on("close", () => fail(new Error("the server closed a connection")));
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
