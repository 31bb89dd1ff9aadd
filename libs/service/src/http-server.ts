import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Where and what to serve. */
export interface HttpServerOptions {
  app: RequestListener;
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** The variable that sets the port, for the message when the port is taken. */
  portVariable?: string;
  /** How long requests in flight may take once the server stops, in milliseconds; 10,000 when left out. */
  drainMs?: number;
}

/** A listening server; disposing of it drains it. */
export interface HttpServer extends AsyncDisposable {
  port: number;
  url: string;
}

/** Above the idle timeout of usual load balancers (60 s), so that it is they who close, not we under their request. */
const KEEP_ALIVE_MS = 65_000;
/** A sender that trickles its headers or body holds a connection no longer than this. */
const HEADERS_MS = 15_000;
const REQUEST_MS = 30_000;
const TIMEOUT_CHECK_MS = 5000;
const DRAIN_MS = 10_000;
const DRAIN_POLL_MS = 50;

/**
 * Starts an HTTP server and resolves once it listens.
 * Rejects with a sentence that names the address and the cure when it cannot. When disposed of, it
 * takes no new connection, closes idle ones, waits for requests in flight and cuts what is left after `drainMs`.
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let stopping = false;
  const listener: RequestListener = (request, response) => {
    if (stopping) response.setHeader("Connection", "close");
    options.app(request, response);
  };
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    listener,
  );
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;

  return {
    port,
    url: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      if (stopping) return;
      stopping = true;
      await drain(server, options.drainMs ?? DRAIN_MS);
    },
  };
}

async function listen(server: Server, options: HttpServerOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host: options.host, port: options.port }, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new Error(listenProblem(cause, options), { cause });
  } finally {
    server.off("error", reject);
  }
}

function listenProblem(cause: unknown, { host, port, portVariable }: HttpServerOptions): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const setting = portVariable ?? "the port variable";
  if (code === "EADDRINUSE") {
    return `port ${port} on ${host} is taken by another process: stop that one, or set ${setting} to a free port`;
  }
  if (code === "EACCES") {
    return `port ${port} on ${host} is not ours to take: set ${setting} to a port above 1023`;
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is not an address of this machine: set HOST to one, for example 127.0.0.1 or 0.0.0.0`;
  }
  return `cannot listen on port ${port} of ${host}: ${cause instanceof Error ? cause.message : cause}`;
}

/** A connection that turns idle after `close` was called stays open for its keep-alive time: hence the polling. */
async function drain(server: Server, drainMs: number): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  const poll = setInterval(() => server.closeIdleConnections(), DRAIN_POLL_MS);
  const limit = setTimeout(() => server.closeAllConnections(), drainMs);
  server.closeIdleConnections();
  await closed;
  clearInterval(poll);
  clearTimeout(limit);
}
