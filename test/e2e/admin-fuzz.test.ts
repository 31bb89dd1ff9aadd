// Whatever is sent to the admin API: an answer below 500, in time, and no change without an entry in the audit log.
import { createHash } from "node:crypto";
import { type Pipeline, startPipeline } from "@mutt/testkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "./admin-client.ts";
import { arbitraryFor } from "./schema-arbitrary.ts";
import { FORWARD_FAULTS, putRules } from "./support.ts";

/** Requests of one run; each looks at all of Redis before and after. */
const RUNS = 700;
const FUZZ_MS = 30_000;
const LATE_MS = 5000;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "admin fuzz",
    apps: ["admin"],
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
});
afterAll(() => pipeline?.[Symbol.asyncDispose]());

/** Keys that change without anybody's doing, or that hold what nobody decides by: plans, samples, the log itself. */
const NOT_STATE =
  /:(audit|minute:|hour:|slo|redrive:plan:|session:|sign-in|[\w-]+:(meta|stalled-check|events))/;

async function stateOf(): Promise<{ digest: string; entries: number }> {
  const redis = pipeline.redis.client();
  const keys = (await redis.keys(`${pipeline.prefix}:*`))
    .filter((key) => !NOT_STATE.test(key))
    .sort();
  const dumps = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
  const hash = createHash("sha256");
  for (const [index, key] of keys.entries()) hash.update(key).update(dumps[index] ?? "");
  return { digest: hash.digest("hex"), entries: await redis.xlen(`${pipeline.prefix}:audit`) };
}

interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema: object }[];
  body: object | undefined;
  bodyType: string;
}

async function readOperations(): Promise<Operation[]> {
  const { body } = await call(pipeline, "GET", "/api/v1/openapi.json");
  const paths = body.paths as Record<string, Record<string, Record<string, never>>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { content = {} } = (operation.requestBody ?? {}) as {
        content?: Record<string, { schema: object }>;
      };
      const bodyType = Object.keys(content).at(-1) ?? "application/json";
      const parameters = (operation.parameters ?? []) as Operation["parameters"];
      return {
        method: method.toUpperCase(),
        path,
        parameters,
        body: content[bodyType]?.schema,
        bodyType,
      };
    }),
  );
}

/** A request made from the description of a route: mostly right, wrong in places. */
function requestFor({ method, path, parameters, body, bodyType }: Operation) {
  const textOf = (schema: object) => arbitraryFor(schema).map((value) => String(value));
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const ids = fc.oneof(
    fc.constantFrom("1", "2", "moog_batch_max", "lab", "0123456789abcdef"),
    fc.string(),
  );
  return fc.record({
    method: fc.constant(method),
    path: fc
      .record(
        Object.fromEntries(inPath.map(({ name, schema }) => [name, fc.oneof(ids, textOf(schema))])),
      )
      .map((values) =>
        path.replace(
          /\{(\w+)\}/g,
          (_, name: string) => encodeURIComponent(wellFormed(values[name])) || "x",
        ),
      ),
    query: fc
      .tuple(
        fc.record(Object.fromEntries(inQuery.map(({ name, schema }) => [name, textOf(schema)])), {
          requiredKeys: [],
        }),
        fc.oneof(
          { weight: 9, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }) },
        ),
      )
      .map(([known, extra]) => {
        const pairs = Object.entries<unknown>({ ...known, ...extra });
        return new URLSearchParams(
          pairs.map(([name, value]): [string, string] => [wellFormed(name), wellFormed(value)]),
        );
      }),
    body: method === "GET" ? fc.constant(undefined) : bodyOf(body),
    type: fc.oneof(
      { weight: 9, arbitrary: fc.constant(bodyType) },
      { weight: 1, arbitrary: fc.constantFrom("text/plain", "application/yaml") },
    ),
    ifMatch: fc.oneof(
      { weight: 8, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom("*", '"x"', "x") },
    ),
    role: fc.oneof(
      { weight: 5, arbitrary: fc.constant("admin" as const) },
      { weight: 1, arbitrary: fc.constantFrom("viewer" as const, "operator" as const) },
    ),
  });
}

function bodyOf(schema: object | undefined): fc.Arbitrary<string> {
  const fits =
    schema === undefined
      ? fc.constant("")
      : arbitraryFor(schema).map((value) => JSON.stringify(value) ?? "");
  return fc.oneof(
    { weight: 8, arbitrary: fits },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
  );
}

function wellFormed(text: unknown): string {
  return String(text).toWellFormed();
}

test("no request is answered with a 500, hangs, or changes something that is not audited", async () => {
  const operations = await readOperations();
  let before = await stateOf();
  let changes = 0;
  const statuses = new Map<number, number>();
  const request = fc.constantFrom(...operations).chain(requestFor);
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, body, type, ifMatch, role }) => {
      const started = performance.now();
      const answer = await call(pipeline, method, `${path}?${query}`, {
        role,
        ...(body === undefined ? {} : { body }),
        headers: {
          ...(body === undefined ? {} : { "content-type": type }),
          ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
        },
      });
      expect(answer.status, answer.text).toBeLessThan(500);
      expect(performance.now() - started).toBeLessThan(LATE_MS);
      if (answer.status >= 400) expect(answer.body.status).toBe(answer.status);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const after = await stateOf();
      if (after.digest !== before.digest) {
        changes += 1;
        expect(after.entries, `${method} ${path} was not audited`).toBeGreaterThan(before.entries);
      }
      before = after;
    }),
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: FUZZ_MS,
      markInterruptAsFailure: false,
      endOnFailure: true,
    },
  );
  expect(pipeline.app("admin").logs()).not.toContain("request failed");
  // Otherwise it was the door alone that was tried.
  expect(changes).toBeGreaterThan(5);
  expect(statuses.get(200)).toBeGreaterThan(20);
  expect(statuses.get(400)).toBeGreaterThan(20);
});
