import type { AuditBy } from "./audit.ts";
import { changeBook } from "./change-book.ts";
import type { StoreDeps } from "./rule-book.ts";
import { StoreError } from "./store-error.ts";

/** What putting something on a list did. */
export interface Added {
  /** False when it stood there already, exactly so. */
  isNew: boolean;
}

/** Puts a host on the list of those whose events use `dev_handling`; names count in any case. */
export async function addDevHost(deps: StoreDeps, hostname: string, by: AuditBy): Promise<Added> {
  return await changeBook(deps, by, ({ devHosts }) => {
    const isNew = findHost(devHosts, hostname) === undefined;
    return {
      writes: isNew ? [["SADD", "devHosts", hostname]] : [],
      audit: { action: "dev_hosts.add", target: hostname, new: hostname },
      result: { isNew },
    };
  });
}

/** Takes a host off that list. Throws `StoreError` "not_found". */
export async function removeDevHost(deps: StoreDeps, hostname: string, by: AuditBy): Promise<void> {
  await changeBook(deps, by, ({ devHosts }) => {
    const stored = findHost(devHosts, hostname);
    if (stored === undefined) {
      throw new StoreError("not_found", `${hostname} is not in the list of dev hosts`);
    }
    return {
      writes: [["SREM", "devHosts", stored]],
      audit: { action: "dev_hosts.remove", target: stored, old: stored },
      result: undefined,
    };
  });
}

/**
 * Gives a host a team. With `mustBeNew` it throws `StoreError` "exists" when the host has another one; otherwise that is
 * replaced.
 */
export async function setTeam(
  deps: StoreDeps,
  { hostname, team, mustBeNew = false }: { hostname: string; team: string; mustBeNew?: boolean },
  by: AuditBy,
): Promise<Added> {
  return await changeBook(deps, by, ({ teams }) => {
    const stored = findHost(teams.keys(), hostname);
    const old = stored === undefined ? undefined : teams.get(stored);
    if (mustBeNew && old !== undefined && old !== team) {
      throw new StoreError("exists", `${hostname} has the team ${old}: PUT replaces it`);
    }
    return {
      writes: old === team ? [] : [["HSET", "teams", stored ?? hostname, team]],
      audit: {
        action: "teams.set",
        target: stored ?? hostname,
        ...(old === undefined ? {} : { old }),
        new: team,
      },
      result: { isNew: old === undefined },
    };
  });
}

/** Takes a host's team away. Throws `StoreError` "not_found". */
export async function removeTeam(deps: StoreDeps, hostname: string, by: AuditBy): Promise<void> {
  await changeBook(deps, by, ({ teams }) => {
    const stored = findHost(teams.keys(), hostname);
    if (stored === undefined) throw new StoreError("not_found", `${hostname} has no team`);
    return {
      writes: [["HDEL", "teams", stored]],
      audit: { action: "teams.remove", target: stored, old: teams.get(stored) },
      result: undefined,
    };
  });
}

/** The name as it is stored: host names are the same in any case. */
function findHost(hosts: Iterable<string>, hostname: string): string | undefined {
  const wanted = hostname.toLowerCase();
  for (const host of hosts) if (host.toLowerCase() === wanted) return host;
  return undefined;
}
