import type { AlertJob } from "@mutt/queues";
import type { JobSpans, Tracing } from "@mutt/tracing";
import { type DeliverDeps, type DeliveryStep, deliver } from "./deliver.ts";
import type { SendOutcome } from "./verdict.ts";

/** What following deliveries takes. */
export interface DeliveryTracing {
  tracing: Tracing;
  /** Where deliveries are sent. */
  webhookUrl: URL;
}

/**
 * Attempts a delivery as `deliver` does, with its spans: one for the attempt and one for the request, whose headers go
 * out with it. Attempts stand side by side in the trace. One that the gate holds back leaves no span, or an outage
 * would fill the trace with waiting.
 */
export async function traceDelivery(
  { tracing, webhookUrl }: DeliveryTracing,
  deps: DeliverDeps,
  job: { id?: string; data: AlertJob },
  token: string,
): Promise<DeliveryStep> {
  const { data } = job;
  const spans = tracing.process({
    queue: "alert",
    id: job.id ?? "",
    alertIds: data.alerts.map((alert) => alert.external_id),
    origins: data.traces,
  });
  let wasSent = false;
  const traced: DeliverDeps = {
    ...deps,
    ...tracedAdds(deps, spans),
    sender: {
      ...deps.sender,
      async send(body) {
        wasSent = true;
        const resends = (data.failures?.length ?? 0) + (data.throttled_times ?? 0);
        const sent = spans.send({ method: "POST", url: webhookUrl, resends });
        const outcome = await deps.sender.send(body, sent.headers);
        sent.end(resultOf(outcome));
        return outcome;
      },
    },
  };
  try {
    const step = await deliver(traced, data, token);
    if (wasSent) spans.end(step.kind === "retry" ? "attempt_failed" : undefined);
    return step;
  } catch (error) {
    spans.end("delivery_failed");
    throw error;
  }
}

function tracedAdds(
  deps: DeliverDeps,
  spans: JobSpans,
): Pick<DeliverDeps, "addDeliveries" | "addDeadLetters"> {
  return {
    async addDeliveries(deliveries, extras) {
      await deps.addDeliveries(deliveries, { ...extras, traces: spans.origins });
      const ids = deliveries.flatMap(({ alerts }) => alerts.map((alert) => alert.external_id));
      spans.count("split", ids);
    },
    async addDeadLetters(entries) {
      await deps.addDeadLetters(
        entries.map((entry) => ({ ...entry, trace: spans.contextOf(entry.alert_id) })),
      );
      spans.gaveUp(entries);
    },
  };
}

function resultOf(outcome: SendOutcome): { status?: number; errorType?: string } {
  switch (outcome.kind) {
    case "response":
      return { status: outcome.status };
    case "error":
      return { errorType: outcome.code };
    case "aborted":
      return { errorType: "aborted" };
    default: {
      const unreachable: never = outcome;
      return unreachable;
    }
  }
}
