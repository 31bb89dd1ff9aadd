import type { Pipeline } from "@mutt/testkit";
import { expect } from "vitest";
import { type Answer, type CallOptions, call, itemsOf } from "./admin-client.ts";
import { readRouteTable } from "./admin-routes.ts";

/** Calls the admin app, and looks whether each answer is one that the table of routes describes. */
export interface CheckedClient {
  checked(method: string, path: string, options?: CallOptions): Promise<Answer>;
  get(path: string, options?: CallOptions): Promise<Answer>;
  post(path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  put(path: string, body: unknown, options?: CallOptions): Promise<Answer>;
  remove(path: string, options?: CallOptions): Promise<Answer>;
  /** The newest entry of the audit log. */
  lastAudit(): Promise<Record<string, unknown> | undefined>;
}

const ROUTES = readRouteTable();

/** Makes a client of a pipeline that need not have started yet. */
export function checkedClient(pipeline: () => Pick<Pipeline, "app">): CheckedClient {
  const checked = async (method: string, path: string, options: CallOptions = {}) => {
    const answer = await call(pipeline(), method, path, options);
    if (answer.status >= 400) expectProblem(answer);
    const route = ROUTES.find(
      (each) => each.method.toUpperCase() === method && each.pattern.test(path.split("?")[0] ?? ""),
    );
    const described = route?.answers.find(({ status }) => status === answer.status);
    if (answer.status < 400) expect(described, `${method} ${path} ${answer.status}`).toBeDefined();
    const schema = answer.status < 400 ? described?.schema : undefined;
    if (schema) expect(schema.safeParse(answer.body).error, `${method} ${path}`).toBeUndefined();
    return answer;
  };
  const get: CheckedClient["get"] = (path, options) => checked("GET", path, options);
  return {
    checked,
    get,
    post: (path, body = {}, options = {}) => checked("POST", path, { body, ...options }),
    put: (path, body, options = {}) => checked("PUT", path, { body, ...options }),
    remove: (path, options) => checked("DELETE", path, options),
    lastAudit: async () => itemsOf(await get("/api/v1/audit?limit=1"))[0],
  };
}

/** Looks whether an error is a problem document with words in it. */
export function expectProblem({ status, headers, body }: Answer): void {
  expect(headers.get("content-type")).toContain("application/problem+json");
  expect(body).toMatchObject({ type: "about:blank", title: expect.any(String), status });
  expect(body.detail).toEqual(expect.stringMatching(/.{10}/));
}
