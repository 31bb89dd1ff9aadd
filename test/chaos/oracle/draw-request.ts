import type { Random } from "../random.ts";
import type { EventKind, SentEvent, SentRequest } from "./sent.ts";

/** Events of one request at most. */
const MAX_EVENTS = 12;

/** How often each kind comes, in percent. */
const SHARES: readonly [EventKind, number][] = [
  ["forward", 68],
  ["poison", 5],
  ["log", 14],
  ["stray", 13],
];

/** What of a message decides about its event; see `rules.ts`. */
export const PHRASES: Record<Exclude<EventKind, "invalid">, string> = {
  forward: "needs a hand",
  poison: "needs a hand, and is poison",
  log: "is for the record",
  stray: "is of no known kind",
};

const SEVERITIES = ["emerg", "alert", "critical", "Major", 4, 5, "informational", 7];

/** A request of one sender, without what becomes of it. */
export type DrawnRequest = Pick<SentRequest, "shape" | "events" | "idempotencyKey">;

/** Draws the next request of a sender; `mark` numbers its events over all its requests. */
export function drawRequest(
  random: Random,
  sender: number,
  mark: () => string,
  label: string,
): DrawnRequest {
  const shape = random.pick(["single", "single", "array", "array", "ndjson"] as const);
  const count = shape === "single" ? 1 : random.integer(1, MAX_EVENTS);
  const events = Array.from({ length: count }, () => drawEvent(random, sender, mark()));
  // One that is not acceptable must not take the others with it.
  if (count > 2 && random.chance(0.1)) events.splice(1, 1, invalidEvent(mark()));
  return {
    shape,
    events,
    ...(random.chance(0.5) ? { idempotencyKey: `chaos-${label}` } : {}),
  };
}

function drawEvent(random: Random, sender: number, marker: string): SentEvent {
  const kind = drawKind(random);
  // What no rule knows is counted by host: few of them, so that the threshold is reached.
  const host = kind === "stray" ? `stray-${sender}` : `host-${random.integer(1, 20)}`;
  const hostname = `${host}.example.net`;
  const body = {
    hostname,
    message: `${marker} ${kind === "invalid" ? "" : PHRASES[kind]}`,
    severity: random.pick(SEVERITIES),
    timestamp: new Date().toISOString(),
  };
  return { marker, kind, hostname, body };
}

function drawKind(random: Random): EventKind {
  let rest = random.integer(0, 99);
  for (const [kind, share] of SHARES) {
    if (rest < share) return kind;
    rest -= share;
  }
  return "forward";
}

function invalidEvent(marker: string): SentEvent {
  return { marker, kind: "invalid", hostname: "", body: { message: `${marker} has no host` } };
}
