import type { TraceContext } from "./trace-context.ts";

/** Where alerts of a job come from: the span that their way goes on from. */
export interface TraceOrigin extends TraceContext {
  /** Ids of the alerts that come from it; absent means all of the job. */
  alert_ids?: string[];
}

/** Notes where one more alert of a job comes from. Alerts of one request stand side by side and share an entry. */
export function noteOrigin(
  origins: TraceOrigin[],
  { traceparent, tracestate }: TraceContext,
  alertId: string,
): void {
  const last = origins.at(-1);
  if (last?.traceparent === traceparent && last.alert_ids) last.alert_ids.push(alertId);
  else origins.push({ traceparent, ...(tracestate ? { tracestate } : {}), alert_ids: [alertId] });
}

/**
 * Picks the origins of some alerts of a job, for a job that is made of these. A single origin of all of them needs no
 * list of ids.
 */
export function originsOf(
  origins: readonly TraceOrigin[],
  alertIds: readonly string[],
): TraceOrigin[] {
  const wanted = new Set(alertIds);
  const picked: TraceOrigin[] = [];
  for (const { alert_ids, ...context } of origins) {
    if (alert_ids === undefined) {
      picked.push(context);
      continue;
    }
    const ids = alert_ids.filter((id) => wanted.has(id));
    if (ids.length > 0)
      picked.push(ids.length < wanted.size ? { ...context, alert_ids: ids } : context);
  }
  return picked;
}
