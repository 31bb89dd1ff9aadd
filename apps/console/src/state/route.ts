import { addressOf } from "../api/request.ts";
import { createStore, useStore } from "./store.ts";

/** Where the console is: the path under its base, without slashes at its ends, and the query. */
export interface Route {
  path: string;
  query: URLSearchParams;
}

/** Splits an address into the console's own path and its query. */
export function routeOf(href: string, base: string): Route {
  const url = new URL(href);
  const root = new URL(base).pathname;
  const path = url.pathname.startsWith(root) ? url.pathname.slice(root.length) : url.pathname;
  return { path: path.replace(/^\/+|\/+$/g, ""), query: url.searchParams };
}

const current = createStore<Route>({ path: "", query: new URLSearchParams() });

const readLocation = (): void => current.set(routeOf(location.href, document.baseURI));

/** Follows the address bar and the links of the page from now on. */
export function startRouting(): void {
  readLocation();
  addEventListener("popstate", readLocation);
  document.addEventListener("click", followLink);
}

/** Goes to a path of the console; with `replace` the way back leaves the present one out. */
export function goTo(path: string, { replace = false } = {}): void {
  const address = addressOf(path);
  if (address !== location.href) history[replace ? "replaceState" : "pushState"](null, "", address);
  readLocation();
}

/** Where the console is, for drawing. */
export function useRoute(): Route {
  return useStore(current);
}

/** A plain click on a link that is marked as the console's own is a change of page, not a load. */
function followLink(event: MouseEvent): void {
  const isPlain =
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !isPlain || !(event.target instanceof Element)) return;
  const link = event.target.closest<HTMLAnchorElement>("a[data-page]");
  if (!link) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, "", link.href);
  readLocation();
  scrollTo(0, 0);
}
