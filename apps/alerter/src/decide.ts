import { buildAlert, type Environment, type OutgoingAlert } from "@mutt/alert";
import type { IngestedEvent } from "@mutt/event";
import { type Handling, isForwarded } from "@mutt/rules";
import type { CompiledBook } from "./rule-cache.ts";

/** An event that a rule matched and that is not forwarded. */
interface LoggedEvent {
  event: IngestedEvent;
  handling: Handling;
  environment: Environment;
  ruleId: number;
}

/** What the rules say about a chunk's events; every event is in exactly one of the lists. */
export interface ChunkDecision {
  alerts: OutgoingAlert[];
  logged: LoggedEvent[];
  unhandled: IngestedEvent[];
  failed: { event: IngestedEvent; error: Error }[];
}

/** Asks the rules about every event; an event that cannot be decided fails alone. */
export function decideChunk(events: readonly IngestedEvent[], book: CompiledBook): ChunkDecision {
  const decision: ChunkDecision = { alerts: [], logged: [], unhandled: [], failed: [] };
  for (const event of events) {
    try {
      decideEvent(event, book, decision);
    } catch (error) {
      const cause = error instanceof Error ? error : new Error(String(error));
      decision.failed.push({ event, error: cause });
    }
  }
  return decision;
}

function decideEvent(event: IngestedEvent, book: CompiledBook, decision: ChunkDecision): void {
  const rule = book.match(event);
  if (rule === undefined) {
    decision.unhandled.push(event);
    return;
  }
  const environment = book.environmentOf(event.hostname);
  const handling = environment === "dev" ? rule.dev_handling : rule.prod_handling;
  if (isForwarded(handling)) decision.alerts.push(buildAlert(event, rule, environment));
  else decision.logged.push({ event, handling, environment, ruleId: rule.id });
}
