// An HTTP server that plays Prometheus, with whatever answers a test wants.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** One question as it came in. */
interface AskedQuery {
  path: string;
  method: string;
  headers: IncomingMessage["headers"];
  query: string;
  time: string;
}

/** What is answered: a status with a body, or nothing at all. */
export type FakeAnswer = { status?: number; body: unknown } | "hang" | "reset";

/** A running one. */
export interface FakePrometheus extends AsyncDisposable {
  url: string;
  asked: AskedQuery[];
  /** Changes how it answers from now on. */
  answer(how: (query: string) => FakeAnswer): void;
}

/** Starts one that says there is no sample, until it is told otherwise. */
export async function startFakePrometheus(tls?: {
  cert: string;
  key: string;
}): Promise<FakePrometheus> {
  const asked: AskedQuery[] = [];
  let how: (query: string) => FakeAnswer = () => vector(null);

  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const part of request) text += part;
    const form = new URLSearchParams(text);
    const query = form.get("query") ?? "";
    asked.push({
      path: request.url ?? "",
      method: request.method ?? "",
      headers: request.headers,
      query,
      time: form.get("time") ?? "",
    });
    const answer = how(query);
    if (answer === "hang") return;
    if (answer === "reset") return void request.socket.destroy();
    const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
    response.end(body);
  };
  const server = tls ? createTlsServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? "https" : "http"}://127.0.0.1:${port}`,
    asked,
    answer(next) {
      how = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer with one number, or with none. */
export function vector(value: number | string | null, more: object = {}): FakeAnswer {
  const result = value === null ? [] : [{ metric: {}, value: [1_795_446_720, String(value)] }];
  return { body: { status: "success", data: { resultType: "vector", result }, ...more } };
}

/** Answers as one that has counted `perWindow` events in each window, of which a share was bad. */
export function counted(options: { total?: number; badShare?: (range: string) => number } = {}) {
  const { total = 1000, badShare = () => 0 } = options;
  return (query: string): FakeAnswer => {
    if (query.startsWith("time()")) return vector(3);
    if (query.startsWith("count_over_time")) return vector(1);
    const range = /\[(\w+)\]/.exec(query)?.[1] ?? "";
    const isBad = query.includes(" or ");
    return vector(isBad ? total * badShare(range) : total);
  };
}
