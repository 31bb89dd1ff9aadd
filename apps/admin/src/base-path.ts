import type { RequestListener } from "node:http";

/**
 * Lets an app that knows nothing of its base path be reached under it, whether a proxy takes the path off or leaves it on:
 * what comes with the path loses it, what comes without is served as it is.
 */
export function underBasePath(basePath: string, app: RequestListener): RequestListener {
  if (basePath === "") return app;
  return (request, response) => {
    const { url = "/" } = request;
    const rest = url.startsWith(basePath) ? url.slice(basePath.length) : undefined;
    if (rest === "" || rest?.startsWith("?")) request.url = `/${rest}`;
    else if (rest?.startsWith("/")) request.url = rest;
    app(request, response);
  };
}
