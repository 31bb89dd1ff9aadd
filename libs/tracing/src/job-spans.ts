import { originsOf, type TraceOrigin } from "@mutt/trace-context";
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { contextOf, nameAlerts, remoteContext } from "./span-context.ts";
import type { JobSpans, ProcessedJob, SendSpan, SentRequest } from "./tracing.ts";

/** The span of the work on those alerts of a job that come from one origin. */
interface OriginSpan {
  span: Span;
  origin: TraceOrigin;
}

/**
 * Begins the spans of the work on a job, with the attributes that
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/ names.
 */
export function startJobSpans(tracer: Tracer, job: ProcessedJob): JobSpans {
  const spans = startOriginSpans(tracer, job);
  const find = createIndex(spans);

  return {
    origins: spans.map(({ origin }) => origin),
    contextOf(alertId) {
      const { traceparent, tracestate } = (find(alertId) ?? spans[0]).origin;
      return { traceparent, ...(tracestate ? { tracestate } : {}) };
    },
    send: (request) => startSendSpan(tracer, spans, request),
    count(outcome, alertIds) {
      const found = Map.groupBy(alertIds.map(find), (each) => each?.span);
      for (const [span, { length }] of found) span?.setAttribute(`mutt.${outcome}_count`, length);
    },
    gaveUp(alerts) {
      for (const { alert_id, class: deadLetterClass, reason } of alerts) {
        const { span } = find(alert_id) ?? spans[0];
        span.addEvent("dead_letter", {
          "mutt.alert_id": alert_id,
          "mutt.dead_letter.class": deadLetterClass,
          "mutt.dead_letter.reason": reason,
        });
        fail(span, deadLetterClass);
      }
    },
    end(errorType) {
      for (const { span } of spans) {
        if (errorType !== undefined) fail(span, errorType);
        span.end();
      }
    },
  };
}

/** A job of no known origin comes from before tracing was turned on, say, or is a digest of our own. */
function startOriginSpans(tracer: Tracer, job: ProcessedJob): [OriginSpan, ...OriginSpan[]] {
  const [first, ...others] = originsOf(job.origins ?? [], job.alertIds);
  return [
    startOriginSpan(tracer, job, first),
    ...others.map((origin) => startOriginSpan(tracer, job, origin)),
  ];
}

function startOriginSpan(
  tracer: Tracer,
  job: ProcessedJob,
  origin: TraceOrigin | undefined,
): OriginSpan {
  const alertIds = origin?.alert_ids ?? job.alertIds;
  const attributes: Attributes = {
    "messaging.system": "bullmq",
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": job.queue,
    "messaging.message.id": job.id,
    "messaging.batch.message_count": job.alertIds.length,
  };
  const span = tracer.startSpan(
    `process ${job.queue}`,
    { kind: SpanKind.CONSUMER, attributes },
    remoteContext(origin),
  );
  nameAlerts(span, alertIds);
  const ids = origin?.alert_ids;
  return { span, origin: { ...contextOf(span), ...(ids ? { alert_ids: ids } : {}) } };
}

/** Finds the span of an alert; mostly there is only one, of all alerts. */
function createIndex(spans: readonly OriginSpan[]): (alertId: string) => OriginSpan | undefined {
  const ofAll = spans.find(({ origin }) => origin.alert_ids === undefined);
  const byId = new Map(
    spans.flatMap((each) => (each.origin.alert_ids ?? []).map((id) => [id, each])),
  );
  return (alertId) => byId.get(alertId) ?? ofAll;
}

/**
 * Begins the span of a request that is sent, with the attributes that
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span names. The path of the URL is left out,
 * for webhooks carry secrets there.
 */
function startSendSpan(
  tracer: Tracer,
  spans: readonly [OriginSpan, ...OriginSpan[]],
  { method, url, resends }: SentRequest,
): SendSpan {
  const parent = spans.find(({ span }) => span.isRecording()) ?? spans[0];
  const others = spans.filter((each) => each !== parent);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const sent = tracer.startSpan(
    method,
    {
      kind: SpanKind.CLIENT,
      links: others.map(({ span }) => ({ context: span.spanContext() })),
      attributes: {
        "http.request.method": method,
        "server.address": url.hostname,
        "server.port": Number(port),
        "url.full": `${url.protocol}//${url.host}/REDACTED`,
        ...(resends > 0 ? { "http.request.resend_count": resends } : {}),
      },
    },
    trace.setSpan(ROOT_CONTEXT, parent.span),
  );
  for (const { span } of others) span.addLink({ context: sent.spanContext() });
  return {
    headers: { ...contextOf(sent) },
    end({ status, errorType }) {
      if (status !== undefined) sent.setAttribute("http.response.status_code", status);
      const failure = errorType ?? (status !== undefined && status >= 300 ? String(status) : "");
      if (failure !== "") fail(sent, failure);
      sent.end();
    },
  };
}

/** Never with a message: it could hold what a sender or a receiver wrote. */
function fail(span: Span, errorType: string): void {
  span.setAttribute("error.type", errorType);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
