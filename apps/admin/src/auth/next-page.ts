/**
 * Where to go after signing in: a path of this app and nothing else, whatever a link says. `next` is what the link says;
 * the result begins with a slash and has no base path.
 */
export function nextPage(next: unknown): string {
  if (typeof next !== "string" || next.length > 2000) return "/";
  // Browsers take a backslash for a slash and drop control characters: `/\host` would lead away.
  if (!/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return "/";
  const { origin, pathname, search } = new URL(next, "http://here.invalid");
  return origin === "http://here.invalid" && !pathname.startsWith("//") ? pathname + search : "/";
}
