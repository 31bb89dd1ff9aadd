import { connect, createServer, type Socket } from "node:net";
import { createPipe, type Pipe } from "./pipe.ts";

/** What a proxy does with what passes. */
type ProxyState =
  | { kind: "open" }
  /** Connections are reset, new ones too. */
  | { kind: "cut" }
  /** Everything comes later, by `ms` and up to half as much again. */
  | { kind: "delay"; ms: number }
  /** Nothing passes and nothing is closed. */
  | { kind: "black_hole" };

/** A TCP proxy on a loopback port. */
export interface TcpProxy extends AsyncDisposable {
  port: number;
  /** Puts a state in force; `resumes` says whether connections that a black hole held go on after it, or stay dead. */
  set(state: ProxyState, options?: { resumes: boolean }): void;
}

interface Pair {
  sockets: readonly [Socket, Socket];
  pipes: readonly [Pipe, Pipe];
  /** One side has closed. */
  isClosed: boolean;
}

/** Starts a proxy before a loopback port; `chance` gives numbers from 0 to 1 and spreads the delays. */
export async function startTcpProxy(targetPort: number, chance: () => number): Promise<TcpProxy> {
  let state: ProxyState = { kind: "open" };
  const pairs = new Set<Pair>();
  const waitMs = (): number => (state.kind === "delay" ? state.ms * (1 + chance() / 2) : 0);

  function drop(pair: Pair): void {
    pairs.delete(pair);
    for (const socket of pair.sockets) socket.resetAndDestroy();
  }

  function closed(pair: Pair): void {
    pair.isClosed = true;
    // The other side hears nothing while nothing passes.
    if (state.kind !== "black_hole") drop(pair);
  }

  const server = createServer((client) => {
    client.on("error", () => {});
    if (state.kind === "cut") {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
    client.setNoDelay(true);
    const pipes = [createPipe(upstream, waitMs), createPipe(client, waitMs)] as const;
    const pair: Pair = { sockets: [client, upstream], pipes, isClosed: false };
    if (state.kind === "black_hole") for (const pipe of pipes) pipe.hold();
    pairs.add(pair);
    upstream.on("error", () => {});
    client.on("data", (chunk) => pipes[0].push(chunk));
    upstream.on("data", (chunk) => pipes[1].push(chunk));
    for (const socket of pair.sockets) socket.on("close", () => closed(pair));
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen({ host: "127.0.0.1", port: 0 }, listening);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    set(next, { resumes } = { resumes: true }) {
      const was = state.kind;
      state = next;
      for (const pair of pairs) {
        if (next.kind === "cut" || (was === "black_hole" && pair.isClosed)) drop(pair);
        else if (next.kind === "black_hole") for (const pipe of pair.pipes) pipe.hold();
        else if (was === "black_hole") {
          for (const pipe of pair.pipes) resumes ? pipe.resume() : pipe.die();
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pair of pairs) drop(pair);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
