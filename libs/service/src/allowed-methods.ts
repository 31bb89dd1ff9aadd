/** The part of express' route table that is read here: an app, or a router used as a handler. */
export interface RouteHolder {
  router?: unknown;
  stack?: unknown;
}

/** One entry of the table: a route, or a router or middleware mounted at a prefix. */
interface Layer {
  route?: { methods: Record<string, boolean> };
  handle?: RouteHolder;
  /** Gives the part of the path that was matched, and keeps nothing. */
  match(path: string): { path: string } | false;
}

/**
 * Lists the methods that the routes of an app serve at a path, sorted; none when the path does not exist.
 * Express has no public way to ask; a table of another shape than that of express 5 counts as empty.
 */
export function allowedMethods(app: RouteHolder, path: string): string[] {
  const methods = new Set(methodsIn(app.router ?? app, path));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}

function methodsIn(router: unknown, path: string): string[] {
  const stack = (router as RouteHolder | undefined)?.stack;
  if (!Array.isArray(stack)) return [];
  return (stack as Layer[]).flatMap((layer) => {
    const match = matchOf(layer, path);
    if (!match) return [];
    if (layer.route) return Object.keys(layer.route.methods).filter(isMethod).map(upper);
    const rest = path.slice(match.path.length);
    return methodsIn(layer.handle, rest.startsWith("/") ? rest : `/${rest}`);
  });
}

function matchOf(layer: Layer, path: string): { path: string } | false {
  try {
    return layer.match(path);
  } catch {
    // A path that cannot be decoded matches nothing.
    return false;
  }
}

/** `_all` is express' mark of `route.all()`, which is middleware rather than an answer. */
function isMethod(method: string): boolean {
  return !method.startsWith("_");
}

function upper(method: string): string {
  return method.toUpperCase();
}
