// Plays a collector of traces: takes OTLP over HTTP in JSON and keeps the spans.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json, text } from "node:stream/consumers";

/** A span as it was exported. */
export interface CollectedSpan {
  service: string;
  name: string;
  /** 2 server, 3 client, 5 consumer: the numbers of OTLP. */
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  traceState: string | undefined;
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  events: { name: string; attributes: Record<string, unknown> }[];
  /** 0 unset, 2 error. */
  status: number;
}

/** A collector, until it is disposed of. */
export interface Collector extends AsyncDisposable {
  url: string;
  spans(): CollectedSpan[];
  /** The spans of one trace, oldest first as far as they came. */
  trace(traceId: string): CollectedSpan[];
  /** Everything that was posted, as it was written. */
  bodies(): string;
  /** Paths and headers of the requests. */
  requests(): { path: string; headers: IncomingHttpHeaders }[];
}

/** Starts one on loopback. One that `hangs` takes requests and never answers. */
export async function startCollector({ hangs = false } = {}): Promise<Collector> {
  const bodies: string[] = [];
  const requests: { path: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    void text(request).then(
      (body) => {
        bodies.push(body);
        if (!hangs) response.writeHead(200, { "content-type": "application/json" }).end("{}");
      },
      // The sender is gone.
      () => undefined,
    );
  });
  const url = await listen(server);
  const spans = (): CollectedSpan[] => bodies.flatMap((body) => spansIn(JSON.parse(body)));
  return {
    url,
    spans,
    trace: (traceId) => spans().filter((span) => span.traceId === traceId),
    bodies: () => bodies.join("\n"),
    requests: () => [...requests],
    [Symbol.asyncDispose]: () => end(server),
  };
}

/** A request that reached the webhook. */
interface Posted {
  headers: IncomingHttpHeaders;
  ids: string[];
}

/** A webhook that keeps the headers, which the receiver does not. */
export interface Webhook extends AsyncDisposable {
  url: string;
  posted: Posted[];
  /** Answers the next requests with these, and all later ones with 200. */
  answerNext(...statuses: number[]): void;
}

/** Starts one on loopback. */
export async function startWebhook(): Promise<Webhook> {
  const posted: Posted[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    void json(request).then((alerts) => {
      const ids = (alerts as { external_id: string }[]).map((alert) => alert.external_id);
      posted.push({ headers: request.headers, ids });
      response.writeHead(statuses.shift() ?? 200).end("answer-of-the-webhook");
    });
  });
  return {
    url: `${await listen(server)}/hooks/token-of-the-webhook`,
    posted,
    answerNext: (...next) => void statuses.push(...next),
    [Symbol.asyncDispose]: () => end(server),
  };
}

async function listen(server: Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The part of https://opentelemetry.io/docs/specs/otlp/ that is read here. */
interface OtlpBody {
  resourceSpans: {
    resource: { attributes: OtlpAttribute[] };
    scopeSpans: { spans: OtlpSpan[] }[];
  }[];
}

interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}

interface OtlpValue {
  stringValue?: string;
  intValue?: number | string;
  arrayValue?: { values: OtlpValue[] };
}

interface OtlpSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  attributes?: OtlpAttribute[];
  links?: { traceId: string; spanId: string }[];
  events?: { name: string; attributes?: OtlpAttribute[] }[];
  status?: { code?: number };
}

function spansIn(body: OtlpBody): CollectedSpan[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)["service.name"]);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => collected(service, span)));
  });
}

function collected(service: string, span: OtlpSpan): CollectedSpan {
  const { name, kind, traceId, spanId } = span;
  return {
    service,
    name,
    kind,
    traceId,
    spanId,
    parentSpanId: span.parentSpanId || undefined,
    traceState: span.traceState || undefined,
    attributes: attributesOf(span.attributes),
    links: (span.links ?? []).map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      attributes: attributesOf(event.attributes),
    })),
    status: span.status?.code ?? 0,
  };
}

function attributesOf(attributes: OtlpAttribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, readValue(value)]));
}

function readValue({ stringValue, intValue, arrayValue }: OtlpValue): unknown {
  if (arrayValue) return arrayValue.values.map(readValue);
  return stringValue ?? Number(intValue);
}
