/** Roles of the admin API, the least first; each may do what the ones before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;

/** A role of the admin API. */
export type Role = (typeof ROLES)[number];

/** Tells whether a role covers what another one may do. */
export function isAllowed(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
