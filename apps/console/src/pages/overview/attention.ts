import type { QueuesReport } from "../../api/queues.ts";
import type { SloComponent, SloReport } from "../../api/slo.ts";
import type { Tone } from "../../components/badge.tsx";
import { formatBurn, formatCount, formatPercent, formatPlural } from "../../format.ts";

/** Something an operator should know first, the worst first. */
export interface Concern {
  tone: Extract<Tone, "bad" | "warn">;
  title: string;
  detail: string;
  /** The page that helps. */
  page?: { path: string; name: string };
}

/** What the page is about, as far as it has been read. */
export interface Standing {
  slo: SloReport | undefined;
  queues: QueuesReport | undefined;
}

/** Says what is wrong, in the order in which it matters; empty when nothing is. */
export function findConcerns({ slo, queues }: Standing): Concern[] {
  const concerns = [
    ...(queues ? [breakerConcern(queues), loadConcern(queues), terminalConcern(queues)] : []),
    ...(slo
      ? [
          sloConcern("Ingest", slo.components.ingestor),
          sloConcern("Forwarding", slo.components.forwarder),
        ]
      : []),
  ].filter((concern) => concern !== undefined);
  return concerns.toSorted((a, b) => Number(a.tone === "warn") - Number(b.tone === "warn"));
}

function breakerConcern({ breaker, queues }: QueuesReport): Concern | undefined {
  if (breaker.state === "closed") return undefined;
  const waiting = jobsOf(queues, "alert");
  return {
    tone: breaker.state === "open" ? "bad" : "warn",
    title: `The breaker is ${breaker.state.replace("_", "-")}: nothing reaches the incident platform`,
    detail: [breaker.reason, `${formatPlural(waiting, "delivery waits", "deliveries wait")}`]
      .filter(Boolean)
      .join(". "),
  };
}

function loadConcern({ alerter }: QueuesReport): Concern | undefined {
  switch (alerter.state) {
    case "shed": {
      const share = alerter.share === undefined ? "part" : formatPercent(alerter.share, 0);
      return {
        tone: "bad",
        title: "Events are being shed",
        detail: `The alert queue is too deep; ${share} of the events is set aside and replayed later, the least severe first`,
      };
    }
    case "warn":
      return {
        tone: "warn",
        title: "The alert queue grows",
        detail: "Shedding begins if it goes on",
      };
    default:
      return undefined;
  }
}

function terminalConcern({ queues }: QueuesReport): Concern | undefined {
  const dead = queues.find(({ name }) => name === "dlq-dead")?.counts.failed ?? 0;
  if (dead === 0) return undefined;
  return {
    tone: "warn",
    title: `${formatCount(dead)} dead ${dead === 1 ? "letter is" : "letters are"} past automatic replay`,
    detail: "They failed every replay they were granted and wait for a decision",
    page: { path: "dead-letters?queue=dlq-dead", name: "Show them" },
  };
}

function sloConcern(name: string, slo: SloComponent): Concern | undefined {
  // Without traffic there is nothing to tell; every other reason is a fault of the measuring.
  if (slo.state === "unknown" && slo.reason && slo.reason !== "no_traffic") {
    return {
      tone: "warn",
      title: `${name}: how its objective stands cannot be told`,
      detail: slo.reason.replaceAll("_", " "),
    };
  }
  if (slo.state !== "critical" && slo.state !== "warn") return undefined;
  const left = slo.error_budget_remaining;
  const budget = left !== null && left <= 0 ? "nothing" : formatPercent(left, 0);
  return {
    tone: slo.state === "critical" ? "bad" : "warn",
    title: `${name} misses its objective`,
    detail: `The error budget goes ${formatBurn(slo.burn_rate)} as fast as it may; ${budget} of it is left`,
  };
}

function jobsOf(queues: QueuesReport["queues"], name: string): number {
  const counts = queues.find((queue) => queue.name === name)?.counts;
  return counts ? counts.waiting + counts.prioritized + counts.delayed + counts.active : 0;
}
