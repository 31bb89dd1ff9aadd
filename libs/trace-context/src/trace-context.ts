/** A span that others go on from, as the headers of W3C Trace Context name it. */
export interface TraceContext {
  /** Version 00, lower case: `00-<trace id>-<span id>-<flags>`. */
  traceparent: string;
  /** What the senders' own tracing systems want passed on. */
  tracestate?: string;
}

/** What a `traceparent` says. */
export interface Traceparent {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  isSampled: boolean;
}

/** Longest tracestate that is passed on, in characters: https://www.w3.org/TR/trace-context/#tracestate-limits. */
export const MAX_TRACESTATE_LENGTH = 512;

/**
 * https://www.w3.org/TR/trace-context/#traceparent-header: ids of zeros and version ff are invalid, and only a version
 * after 00 may have more fields, after a dash.
 */
const TRACEPARENT =
  /^(?!ff)(?!00-.{52}-)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;

const PRINTABLE = /^[\x20-\x7e]+$/;

/** Reads a `traceparent` as strictly as the standard asks; `undefined` when it is none. */
export function parseTraceparent(text: unknown): Traceparent | undefined {
  if (typeof text !== "string") return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes a `traceparent` of version 00. */
export function formatTraceparent({ traceId, spanId, isSampled }: Traceparent): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}

/**
 * Reads the trace context of headers, or of a job. `undefined` when there is none or it is malformed, for then a new
 * trace begins; a tracestate without a usable traceparent means nothing.
 */
export function readTraceContext(given: {
  traceparent?: unknown;
  tracestate?: unknown;
}): TraceContext | undefined {
  const parent = parseTraceparent(given.traceparent);
  if (parent === undefined) return undefined;
  const tracestate = readTracestate(given.tracestate);
  return { traceparent: formatTraceparent(parent), ...(tracestate ? { tracestate } : {}) };
}

/** Keeps whole members, the newest of which stand first, as far as they fit. */
function readTracestate(given: unknown): string {
  if (typeof given !== "string" || !PRINTABLE.test(given)) return "";
  let kept = "";
  for (const member of given.split(",").map((part) => part.trim())) {
    if (member === "") continue;
    const longer = kept === "" ? member : `${kept},${member}`;
    if (longer.length > MAX_TRACESTATE_LENGTH) break;
    kept = longer;
  }
  return kept;
}
