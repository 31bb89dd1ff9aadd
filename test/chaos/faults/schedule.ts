import { createRandom, type Random } from "../random.ts";
import { DECK, type DrawnFault } from "./draw-fault.ts";
import { type Fault, resourceOf } from "./fault.ts";

/** The first fault comes when alerts flow. */
const FIRST_MS = 500;

/** Milliseconds between the beginnings of two faults, at least and at most. */
const GAP_MS = [200, 1600] as const;

/** What is started again needs some time before the next fault means anything. */
const RECOVERY_MS = 2000;

/** How often another card is taken when the first one's resource is in use. */
const TRIES = 8;

/**
 * Draws the faults of a phase of `seconds` from a seed, in the order in which they begin. The same seed and length give the
 * same schedule. Cards are dealt from a shuffled deck, so that a phase has every kind before it has one twice as often.
 */
export function drawSchedule(seed: number, seconds: number): Fault[] {
  const random = createRandom(`faults ${seed}`);
  const endMs = seconds * 1000;
  const busyUntil = new Map<string, number>();
  const deal = createDealer(random);
  const faults: Fault[] = [];
  for (let atMs = FIRST_MS; atMs < endMs - GAP_MS[0]; atMs += random.integer(...GAP_MS)) {
    const drawn = drawFree(deal, (resource) => (busyUntil.get(resource) ?? 0) <= atMs);
    if (drawn === undefined) continue;
    const fault: Fault = { ...drawn, atMs, holdMs: Math.min(drawn.holdMs, endMs - atMs) };
    busyUntil.set(resourceOf(fault), atMs + fault.holdMs + RECOVERY_MS);
    faults.push(fault);
  }
  return faults;
}

function drawFree(
  deal: () => DrawnFault,
  isFree: (resource: string) => boolean,
): DrawnFault | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const drawn = deal();
    if (isFree(resourceOf(drawn))) return drawn;
  }
  return undefined;
}

function createDealer(random: Random): () => DrawnFault {
  let cards: (typeof DECK)[number][] = [];
  return () => {
    if (cards.length === 0) cards = random.shuffle(DECK);
    const card = cards.pop();
    if (card === undefined) throw new Error("the deck is empty");
    return card(random);
  };
}
