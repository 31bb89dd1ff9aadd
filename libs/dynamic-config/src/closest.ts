/** A typing slip changes a few letters; more than this is another word. */
const MAX_EDITS = 4;

/** Finds the candidate that differs from a text by the fewest edits, 4 at most; none when all differ by more. */
export function closest<T extends string>(text: string, candidates: readonly T[]): T | undefined {
  // The cost of a comparison grows with the length, which a sender chooses.
  if (text.length > 100) return undefined;
  let best: T | undefined;
  let fewest = MAX_EDITS + 1;
  for (const candidate of candidates) {
    const edits = editsBetween(text, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein's distance, one row of the table at a time. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
