import { timingSafeEqual } from "node:crypto";
import { type AdminKey, isAllowed, type Keyring, type Role } from "@mutt/api-keys";
import { ProblemError } from "@mutt/service";
import type { Request } from "express";
import { readCookie, SESSION_COOKIE } from "./cookies.ts";
import type { Identity, Session, Sessions } from "./sessions.ts";

/** Who asks, and by what right. */
export interface Visitor {
  identity: Identity;
  /** Of a browser; a key in a header has none. */
  session?: Session & { id: string };
}

/** Lets requests in, or throws the problem that turns them away. */
export interface Door {
  /** Says who asks; 401 when nobody that is known. A write with a cookie needs the session's token: 403 without. */
  enter(request: Request): Promise<Visitor>;
}

/** Makes the door: a key in a header decides where there is one, else the session cookie. */
export function createDoor({
  keyring,
  sessions,
}: {
  keyring: Pick<Keyring<AdminKey>, "identify">;
  sessions: Sessions;
}): Door {
  return {
    async enter(request) {
      const { headers } = request;
      if (headers["x-api-key"] !== undefined || headers.authorization !== undefined) {
        const identity = keyring.identify(headers);
        if (identity === undefined) throw unauthorized("this key is not known, or not any more");
        return { identity };
      }
      const id = readCookie(request, SESSION_COOKIE);
      if (id === undefined) throw unauthorized("no key: send X-API-KEY, or sign in at /login");
      const session = await sessions.find(id);
      if (session === undefined) throw unauthorized("the session has ended: sign in again");
      if (!isRead(request) && !carriesToken(request, session.csrfToken)) {
        throw new ProblemError({
          status: 403,
          detail: "a write in a session needs its csrf_token in the header X-CSRF-Token",
        });
      }
      return { identity: session.identity, session: { ...session, id } };
    },
  };
}

/** Throws a 403 when a role does not cover what is asked for. */
export function demandRole({ role }: Identity, needed: Role): void {
  if (isAllowed(role, needed)) return;
  const detail = `this needs the role ${needed}; your key has the role ${role}`;
  throw new ProblemError({ status: 403, detail });
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError({ status: 401, detail, headers: { "WWW-Authenticate": "Bearer" } });
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function carriesToken({ headers }: Request, token: string): boolean {
  const given = headers["x-csrf-token"] ?? headers["x-xsrf-token"];
  if (typeof given !== "string" || given.length !== token.length) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
