import type { ApiRoute } from "../../apps/admin/src/api/route.ts";
import type { RouteDeps } from "../../apps/admin/src/routes/deps.ts";
import { apiRoutes } from "../../apps/admin/src/routes/table.ts";

/** A route of the admin API with a pattern that finds it by an address. */
export interface TableRoute extends ApiRoute {
  pattern: RegExp;
}

/** Reads the table that the admin app serves; its routes are only looked at, never called. */
export function readRouteTable(): TableRoute[] {
  const deps = { redis: {}, prefix: "none", basePath: "" } as unknown as RouteDeps;
  return apiRoutes(deps).map((route) => ({
    ...route,
    pattern: new RegExp(`^${route.path.replace(/:\w+/g, "[^/]+")}$`),
  }));
}
