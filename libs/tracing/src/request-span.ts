import { readTraceContext } from "@mutt/trace-context";
import { SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { contextOf, nameAlerts, remoteContext } from "./span-context.ts";
import type { ReceivedRequest, RequestSpan } from "./tracing.ts";

/**
 * Begins the span of a request that came in, with the attributes that
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span names. Nothing of the key, the query or
 * the body is among them.
 */
export function startRequestSpan(tracer: Tracer, request: ReceivedRequest): RequestSpan {
  const { method, route, path, correlationId, headers } = request;
  const { traceparent, tracestate } = headers;
  const span = tracer.startSpan(
    `${method} ${route}`,
    {
      kind: SpanKind.SERVER,
      attributes: {
        "http.request.method": method,
        "http.route": route,
        "url.path": path,
        "url.scheme": "http",
        ...(correlationId === undefined ? {} : { "mutt.correlation_id": correlationId }),
      },
    },
    remoteContext(readTraceContext({ traceparent, tracestate })),
  );
  return {
    context: contextOf(span),
    accepted: (alertIds) => nameAlerts(span, alertIds),
    end({ status, reason }) {
      if (status !== undefined) span.setAttribute("http.response.status_code", status);
      if (reason !== undefined) span.setAttribute("mutt.refusal_reason", reason);
      // A refusal that is the sender's fault is no error of ours.
      if (status === undefined || status >= 500) {
        span.setAttribute("error.type", reason ?? "disconnected");
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
  };
}
