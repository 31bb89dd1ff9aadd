import { formatTraceparent, parseTraceparent, type TraceContext } from "@mutt/trace-context";
import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type Span,
  TraceFlags,
  trace,
} from "@opentelemetry/api";

/** The context of a span of another process; without a usable one a new trace begins in it. */
export function remoteContext(context: TraceContext | undefined): Context {
  const parent = parseTraceparent(context?.traceparent);
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(context?.tracestate ? { traceState: createTraceState(context.tracestate) } : {}),
  });
}

/** What other processes are told of a span. */
export function contextOf(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  const tracestate = traceState?.serialize();
  return {
    traceparent: formatTraceparent({ traceId, spanId, isSampled }),
    ...(tracestate ? { tracestate } : {}),
  };
}

/** Ids of alerts that one span names at most: they are for finding a trace, not for reading a batch. */
const MAX_NAMED_ALERTS = 32;

/** Names the alerts that a span is about. */
export function nameAlerts(span: Span, alertIds: readonly string[]): void {
  const [only] = alertIds;
  if (alertIds.length === 1 && only !== undefined) span.setAttribute("mutt.alert_id", only);
  else if (only !== undefined) {
    span.setAttribute("mutt.alert_ids", alertIds.slice(0, MAX_NAMED_ALERTS));
  }
  span.setAttribute("mutt.alert_count", alertIds.length);
}
