import type { ServerResponse } from "node:http";

/** A JSON answer. */
export type Reply = { status: number; body: unknown };

/** Answers with JSON; does nothing when the connection is gone. */
export function sendJson(response: ServerResponse, reply: Reply): void {
  response
    .writeHead(reply.status, { "content-type": "application/json" })
    .end(JSON.stringify(reply.body));
}
