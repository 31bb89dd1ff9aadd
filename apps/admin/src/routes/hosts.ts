import {
  addDevHost,
  readRuleBook,
  removeDevHost,
  removeTeam,
  StoreError,
  setTeam,
} from "@mutt/store";
import { z } from "zod";
import { Hostname, PageQuery, pageOf, sliceOf } from "../api/fields.ts";
import { type ApiRoute, defineRoute } from "../api/route.ts";
import type { RouteDeps } from "./deps.ts";

const HostPath = z.strictObject({ hostname: Hostname.describe("Host name, in any case") });
const DevHost = z.strictObject({ hostname: Hostname });
const Team = z.string().trim().min(1).max(255);
const HostTeam = z.strictObject({ hostname: Hostname, team: Team });

const NOT_FOUND = { status: 404, description: "The host is not in the list" };
const GONE = { status: 204, description: "It is gone" };

/** Makes the routes of the hosts whose events use `dev_handling`. */
export function devHostRoutes(deps: RouteDeps): ApiRoute[] {
  const path = "/api/v1/dev-hosts";
  return [
    defineRoute({
      method: "get",
      path,
      role: "viewer",
      summary: "List the hosts whose events use dev_handling",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of hosts", schema: pageOf(DevHost) }],
      async handle({ query }) {
        const { devHosts } = await readRuleBook(deps);
        const items = [...devHosts].sort().map((hostname) => ({ hostname }));
        return { body: sliceOf(items, query) };
      },
    }),
    defineRoute({
      method: "post",
      path,
      role: "admin",
      summary: "Put a host on the list",
      reason: "optional",
      body: DevHost,
      answers: [
        { status: 201, description: "It is on the list", schema: DevHost },
        { status: 200, description: "It was on the list already", schema: DevHost },
      ],
      async handle({ body: { hostname }, by }) {
        const { isNew } = await addDevHost(deps, hostname, by);
        return { status: isNew ? 201 : 200, body: { hostname } };
      },
    }),
    defineRoute({
      method: "delete",
      path: `${path}/:hostname`,
      role: "admin",
      summary: "Take a host off the list",
      reason: "optional",
      params: HostPath,
      answers: [GONE, NOT_FOUND],
      async handle({ params: { hostname }, by }) {
        await removeDevHost(deps, hostname, by);
        return { status: 204 };
      },
    }),
  ];
}

/** Makes the routes of the teams that hear of a host's events which no rule matches. */
export function teamRoutes(deps: RouteDeps): ApiRoute[] {
  const path = "/api/v1/teams";
  return [
    defineRoute({
      method: "get",
      path,
      role: "viewer",
      summary: "List the hosts that have a team",
      query: PageQuery,
      answers: [{ status: 200, description: "A page of hosts", schema: pageOf(HostTeam) }],
      async handle({ query }) {
        const { teams } = await readRuleBook(deps);
        const items = [...teams].sort().map(([hostname, team]) => ({ hostname, team }));
        return { body: sliceOf(items, query) };
      },
    }),
    defineRoute({
      method: "post",
      path,
      role: "admin",
      summary: "Give a host a team",
      reason: "optional",
      body: HostTeam,
      answers: [
        { status: 201, description: "The host has the team", schema: HostTeam },
        { status: 200, description: "It had that team already", schema: HostTeam },
        { status: 409, description: "The host has another team" },
      ],
      async handle({ body, by }) {
        const { isNew } = await setTeam(deps, { ...body, mustBeNew: true }, by);
        return { status: isNew ? 201 : 200, body };
      },
    }),
    defineRoute({
      method: "get",
      path: `${path}/:hostname`,
      role: "viewer",
      summary: "Read the team of a host",
      params: HostPath,
      answers: [{ status: 200, description: "The host", schema: HostTeam }, NOT_FOUND],
      async handle({ params: { hostname } }) {
        const { teams } = await readRuleBook(deps);
        const found = [...teams].find(([host]) => host.toLowerCase() === hostname);
        if (found === undefined) throw new StoreError("not_found", `${hostname} has no team`);
        return { body: { hostname: found[0], team: found[1] } };
      },
    }),
    defineRoute({
      method: "put",
      path: `${path}/:hostname`,
      role: "admin",
      summary: "Give a host a team, in place of the one that it may have",
      reason: "optional",
      params: HostPath,
      body: z.strictObject({ team: Team, hostname: Hostname.optional() }),
      answers: [{ status: 200, description: "The host has the team", schema: HostTeam }],
      async handle({ params: { hostname }, body: { team }, by }) {
        await setTeam(deps, { hostname, team }, by);
        return { body: { hostname, team } };
      },
    }),
    defineRoute({
      method: "delete",
      path: `${path}/:hostname`,
      role: "admin",
      summary: "Take a host's team away",
      reason: "optional",
      params: HostPath,
      answers: [GONE, NOT_FOUND],
      async handle({ params: { hostname }, by }) {
        await removeTeam(deps, hostname, by);
        return { status: 204 };
      },
    }),
  ];
}
