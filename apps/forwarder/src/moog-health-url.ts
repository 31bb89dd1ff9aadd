/**
 * Whether two URLs reach the same resource. Query, fragment and a slash at the end are left out: a webhook that is given
 * one more parameter is still the webhook, and would take a probe for an alert.
 */
export function isSameEndpoint(one: string, other: string): boolean {
  return endpointOf(one) === endpointOf(other);
}

function endpointOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/\/+$/, "");
}
