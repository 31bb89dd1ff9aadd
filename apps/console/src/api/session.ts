import { requestBody } from "./request.ts";

/** What a key may do; each role may do all that the ones before it may. */
const ROLES = ["viewer", "operator", "admin"] as const;

/** One of `ROLES`. */
export type Role = (typeof ROLES)[number];

/** Who is signed in. */
export interface Session {
  /** The key's name. */
  name: string;
  role: Role;
  csrf_token: string;
  /** ISO 8601. */
  expires_at: string;
  /** What this installation calls itself, shown beside the product's name. */
  environment?: string;
}

/** The session of this browser; throws an `ApiError` of status 401 when there is none. */
export function readSession(signal?: AbortSignal): Promise<Session> {
  return requestBody<Session>("api/v1/session", { signal });
}

/** Signs in with a key; status 401 for a wrong one, 429 after too many. */
export function signIn(key: string): Promise<Session> {
  return requestBody<Session>("login", { method: "POST", body: { key } });
}

/** Ends the session on the server. */
export function signOut(): Promise<void> {
  return requestBody<void>("api/v1/session", { method: "DELETE" });
}

/** Says whether a role may do what asks for another one. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
