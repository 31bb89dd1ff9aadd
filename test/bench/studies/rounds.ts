import type { StudyContext } from "./studies.ts";

/** How often the same is measured: as asked for, else the study's own choice. */
export function roundsOf(
  { rounds, isQuick }: Pick<StudyContext, "rounds" | "isQuick">,
  own: { full: number; quick: number },
): number {
  return rounds ?? (isQuick ? own.quick : own.full);
}

/** The items in an order that moves on by one from round to round, so that no one is always the first. */
export function rotated<T>(items: readonly T[], round: number): T[] {
  const offset = round % Math.max(1, items.length);
  return [...items.slice(offset), ...items.slice(0, offset)];
}
