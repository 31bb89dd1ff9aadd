import { connect } from "node:net";

/** Redis answered a command with an error, e.g. `LOADING …` or `WRONGPASS …`. */
export class RedisReplyError extends Error {
  override readonly name = "RedisReplyError";
}

/**
 * Asks a Redis on the loopback address one command over a connection of its own, after AUTH, and
 * gives the reply as text (integers in decimal, nil as an empty string; no arrays).
 * Throws `RedisReplyError` when Redis refuses, another error when it cannot be reached in time.
 */
export function askRedis(options: {
  port: number;
  password: string;
  command: string[];
  timeoutMs: number;
}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: options.port, host: "127.0.0.1" });
    const deadline = setTimeout(
      () => socket.destroy(new Error(`Redis did not answer within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    let received = Buffer.alloc(0);
    socket.once("connect", () => {
      socket.write(encode(["AUTH", options.password]) + encode(options.command));
    });
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const auth = readReply(received, 0);
      const answer = auth && readReply(received, auth.end);
      // A refused AUTH says more than the refused command after it.
      const refusal = [auth, answer].find((reply) => reply?.type === "-");
      if (refusal) socket.destroy(new RedisReplyError(refusal.text));
      else if (answer) {
        resolve(answer.text);
        socket.destroy();
      }
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(deadline);
      // Has no effect after an answer.
      reject(new Error("Redis closed the connection without an answer"));
    });
  });
}

function encode(words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

/** One reply of the Redis protocol at `start`; undefined while it has not arrived in full. */
function readReply(
  bytes: Buffer,
  start: number,
): { type: string; text: string; end: number } | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd === -1) return undefined;
  const type = String.fromCharCode(bytes[start] ?? 0);
  const line = bytes.toString("utf8", start + 1, lineEnd);
  if (type !== "$" || line === "-1") {
    return { type, text: type === "$" ? "" : line, end: lineEnd + 2 };
  }
  const textStart = lineEnd + 2;
  const textEnd = textStart + Number(line);
  if (bytes.length < textEnd + 2) return undefined;
  return { type, text: bytes.toString("utf8", textStart, textEnd), end: textEnd + 2 };
}
