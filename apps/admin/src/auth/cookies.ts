import type { Request, Response } from "express";

/** Name of the cookie that holds the session's id. */
export const SESSION_COOKIE = "mutt_session";

/** Name of the cookie that holds the token for writes; Bull Board's client reads it by this name. */
const TOKEN_COOKIE = "XSRF-TOKEN";

/** The value of a cookie in a request, if it has one. */
export function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name) return value;
  }
  return undefined;
}

/**
 * Whether the browser speaks HTTPS to us or to a proxy before us. An `X-Forwarded-Proto` is taken from anybody: who makes
 * it up gets cookies that do not come back.
 */
export function isHttps(request: Request): boolean {
  const forwarded = request.headers["x-forwarded-proto"];
  return request.secure || (typeof forwarded === "string" && forwarded.startsWith("https"));
}

/** Hands a session to the browser: the id out of reach of scripts, the token in their reach. */
export function setSessionCookies(
  request: Request,
  response: Response,
  {
    basePath,
    id,
    csrfToken,
    expiresAt,
  }: { basePath: string; id: string; csrfToken: string; expiresAt: Date },
): void {
  const common = { path: basePath || "/", sameSite: "strict", expires: expiresAt } as const;
  const secure = isHttps(request);
  response.cookie(SESSION_COOKIE, id, { ...common, secure, httpOnly: true });
  response.cookie(TOKEN_COOKIE, csrfToken, { ...common, secure });
}

/** Takes both cookies away. */
export function clearSessionCookies(response: Response, basePath: string): void {
  for (const name of [SESSION_COOKIE, TOKEN_COOKIE]) {
    response.clearCookie(name, { path: basePath || "/", sameSite: "strict" });
  }
}
