import type { TraceContext, TraceOrigin } from "@mutt/trace-context";

/** Follows events through the processes, as spans of OpenTelemetry. None of the calls waits or throws. */
export interface Tracing extends AsyncDisposable {
  /** Begins the span of a request that came in; it goes on from the sender's span, if the headers name one. */
  receive(request: ReceivedRequest): RequestSpan;
  /**
   * Begins the work on a job: one span for each origin of its alerts, each in the trace it comes from, so that a trace
   * stays whole when alerts of several senders travel together. A job of no known origin begins a trace.
   */
  process(job: ProcessedJob): JobSpans;
}

/** A request that came in. */
export interface ReceivedRequest {
  method: string;
  /** The route, as it is documented. */
  route: string;
  /** The path without the query. */
  path: string;
  headers: Readonly<Record<string, unknown>>;
  correlationId: string | undefined;
}

/** The span of a request that came in. */
export interface RequestSpan {
  /** What everything that is made of the request goes on from. */
  readonly context: TraceContext;
  /** Says which alerts it became. */
  accepted(alertIds: readonly string[]): void;
  /** Ends it with the answer; without a status when the sender did not wait for one. */
  end(answer: { status?: number; reason?: string }): void;
}

/** A job as it came out of its queue. */
export interface ProcessedJob {
  queue: string;
  id: string;
  alertIds: readonly string[];
  origins: readonly TraceOrigin[] | undefined;
}

/** An alert that was given up. */
interface DeadAlert {
  alert_id: string;
  class: string;
  reason: string;
}

/** The spans of the work on a job. */
export interface JobSpans {
  /** What the jobs that come of this one go on from. */
  readonly origins: TraceOrigin[];
  /** What one of its alerts goes on from. */
  contextOf(alertId: string): TraceContext;
  /**
   * Begins a request that is sent for the job. It belongs to one trace only: that of the first origin whose trace is
   * kept; the spans of the other origins and this one are linked both ways.
   */
  send(request: SentRequest): SendSpan;
  /** Counts what became of alerts, as the attribute `mutt.<outcome>_count`. */
  count(outcome: string, alertIds: readonly string[]): void;
  /** Tells of alerts that were given up, each as an event. */
  gaveUp(alerts: readonly DeadAlert[]): void;
  /** Ends them. An error type is a short word, never a message. Spans that are never ended are never seen. */
  end(errorType?: string): void;
}

/** A request that is sent. */
export interface SentRequest {
  method: string;
  url: URL;
  /** How often it was sent before. */
  resends: number;
}

/** The span of a request that is sent. */
export interface SendSpan {
  /** `traceparent`, and `tracestate` if there is one. */
  readonly headers: Record<string, string>;
  /** Ends it with the status of the answer, or with a short word for why there is none. */
  end(result: { status?: number; errorType?: string }): void;
}
