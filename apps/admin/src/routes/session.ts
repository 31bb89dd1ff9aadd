import { ROLES } from "@mutt/api-keys";
import { z } from "zod";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import { clearSessionCookies } from "../auth/cookies.ts";
import { describeSession } from "../auth/sign-in-routes.ts";
import type { RouteDeps } from "./deps.ts";

const SessionAnswer = z.object({
  name: z.string(),
  role: z.enum(ROLES),
  csrf_token: z.string().nullable().describe("For X-CSRF-Token; null for a key in a header"),
  expires_at: z.string().nullable().describe("ISO 8601"),
  environment: z.string().optional().describe("What this installation calls itself"),
});

/** Makes the routes of the session that asks. */
export function sessionRoutes({ sessions, basePath, environment }: RouteDeps): ApiRoute[] {
  return [
    defineRoute({
      method: "get",
      path: "/api/v1/session",
      role: "viewer",
      summary: "Say who asks, and give the token that writes in a session need",
      answers: [{ status: 200, description: "Who asks", schema: SessionAnswer }],
      async handle({ visitor: { session, identity } }) {
        if (session) return { body: describeSession(session, environment) };
        const { name, role } = identity;
        const label = environment === undefined ? {} : { environment };
        return { body: { name, role, csrf_token: null, expires_at: null, ...label } };
      },
    }),
    defineRoute({
      method: "delete",
      path: "/api/v1/session",
      role: "viewer",
      summary: "Sign out",
      answers: [{ status: 204, description: "The session has ended" }],
      async handle({ visitor: { session, identity }, raw }) {
        if (session) await sessions.end(session.id, identity);
        if (raw.res) clearSessionCookies(raw.res, basePath);
        return { status: 204 };
      },
    }),
  ];
}
