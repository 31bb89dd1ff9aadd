import { describeApi } from "../api/openapi.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import { alertRoutes } from "./alerts.ts";
import { auditRoutes } from "./audit.ts";
import { configRoutes } from "./config.ts";
import { deadLetterRoutes } from "./dead-letters.ts";
import type { RouteDeps } from "./deps.ts";
import { historyRoutes } from "./history.ts";
import { devHostRoutes, teamRoutes } from "./hosts.ts";
import { ledgerRoutes } from "./ledger.ts";
import { queueRoutes } from "./queues.ts";
import { redriveRoutes } from "./redrives.ts";
import { ruleBookRoutes } from "./rule-book.ts";
import { ruleRoutes } from "./rules.ts";
import { sessionRoutes } from "./session.ts";

/** Makes the table of all routes of the API. A fixed path stands before one with a name in its place. */
export function apiRoutes(deps: RouteDeps): ApiRoute[] {
  const routes: ApiRoute[] = [
    ...sessionRoutes(deps),
    ...queueRoutes(deps),
    ...ledgerRoutes(deps),
    ...alertRoutes(deps),
    sloRoute(deps),
    ...historyRoutes(deps),
    ...deadLetterRoutes(deps),
    ...redriveRoutes(deps),
    ...ruleBookRoutes(deps),
    ...ruleRoutes(deps),
    ...devHostRoutes(deps),
    ...teamRoutes(deps),
    ...configRoutes(deps),
    ...auditRoutes(deps),
  ];
  routes.push(openApiRoute(routes, deps.basePath));
  return routes;
}

function sloRoute({ slo }: RouteDeps): ApiRoute {
  return {
    ...defineRoute({
      method: "get",
      path: "/api/v1/slo",
      role: "viewer",
      summary: "Say how the service objectives stand; unknown where that cannot be told",
      worksWithoutRedis: true,
      answers: [{ status: 200, description: "State, budget and burn of each objective" }],
      handle: async () => ({}),
    }),
    served: slo,
  };
}

function openApiRoute(routes: readonly ApiRoute[], basePath: string): ApiRoute {
  let document: Record<string, unknown> | undefined;
  const route = defineRoute({
    method: "get",
    path: "/api/v1/openapi.json",
    role: "open",
    summary: "Describe this API as OpenAPI 3.1",
    worksWithoutRedis: true,
    answers: [{ status: 200, description: "The document" }],
    async handle() {
      document ??= describeApi([...routes], basePath);
      return { body: document };
    },
  });
  return route;
}
