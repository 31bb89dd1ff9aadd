/** Texts of which at least one must occur, folded. */
export type AnyOf = readonly string[];

/** What a part of a pattern demands of the text it matches. */
export interface Demand {
  /** Every text the part can match, when they are few; undefined when they are many or unknown. */
  readonly exact: AnyOf | undefined;
  /** What must occur in any match, each clause by itself; empty beside `exact`. */
  readonly clauses: readonly AnyOf[];
}

/** More texts than this are not spelt out: each costs a path through the automaton. */
const MAX_EXACT = 32;

/** The widest clause: alternatives beyond this make a filter that hardly filters. */
const MAX_ALTERNATIVES = 256;

/** A part about which nothing is known. */
export const ANYTHING: Demand = { exact: undefined, clauses: [] };

/** A part that matches one of these folded texts. */
export function oneOf(texts: AnyOf): Demand {
  return { exact: [...new Set(texts)], clauses: [] };
}

/** Parts one after the other. Neighbours that are spelt out grow together into longer texts. */
export function inSequence(parts: readonly Demand[]): Demand {
  const clauses: AnyOf[] = [];
  let run: AnyOf = [""];
  let spelledOut = true;
  for (const { exact, clauses: inner } of parts) {
    if (exact !== undefined && exact.length * run.length <= MAX_EXACT) {
      run = run.flatMap((start) => exact.map((end) => start + end));
    } else {
      spelledOut = false;
      clauses.push(...asClauses(oneOf(run)), ...inner);
      run = exact ?? [""];
    }
  }
  if (spelledOut) return oneOf(run);
  return { exact: undefined, clauses: [...clauses, ...asClauses(oneOf(run))] };
}

/** One of several parts. Spelt out when all are; else one clause of each, so that one of them must occur. */
export function either(parts: readonly Demand[]): Demand {
  const exact = parts.flatMap((part) => part.exact ?? []);
  if (parts.every((part) => part.exact !== undefined) && exact.length <= MAX_EXACT) {
    return oneOf(exact);
  }
  const best = parts.map((part) => longest(asClauses(part)));
  const union = best.flatMap((clause) => clause ?? []);
  if (best.includes(undefined) || union.length > MAX_ALTERNATIVES) return ANYTHING;
  return { exact: undefined, clauses: [shortestOf(union)] };
}

/** A part that may be left out, once. */
export function optional(part: Demand): Demand {
  return either([part, oneOf([""])]);
}

/** A part that occurs once or more. */
export function repeated(part: Demand): Demand {
  return { exact: undefined, clauses: asClauses(part) };
}

/** The demand as clauses: a part that is spelt out demands one of its texts, unless it may be empty. */
export function asClauses({ exact, clauses }: Demand): readonly AnyOf[] {
  if (exact === undefined) return clauses;
  return exact.includes("") ? [] : [shortestOf(exact)];
}

/** The length of the shortest text of a clause: what it asks for at the least. */
export function shortestLength(clause: AnyOf): number {
  return Math.min(...clause.map((text) => text.length));
}

/** Drops texts that contain another: where they occur, that one does. */
function shortestOf(texts: AnyOf): AnyOf {
  const distinct = [...new Set(texts)];
  return distinct.filter(
    (text) => !distinct.some((other) => other !== text && text.includes(other)),
  );
}

function longest(clauses: readonly AnyOf[]): AnyOf | undefined {
  return clauses.toSorted((a, b) => shortestLength(b) - shortestLength(a))[0];
}
