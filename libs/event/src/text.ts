/**
 * Text without NUL and without lone surrogates, each replaced by U+FFFD: Redis, PostgreSQL and most
 * receivers refuse them, and one such character must not cost a page. Clean text comes back as it is.
 */
export function cleanText(text: string): string {
  if (text.isWellFormed() && !text.includes("\0")) return text;
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The first `limit` UTF-16 units of a text, one less where the cut would halve a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, isHighSurrogate(last) ? limit - 1 : limit);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
