import { STATUS_CODES } from "node:http";
import { VERSION } from "@mutt/service";
import { z } from "zod";
import { Reason } from "./fields.ts";
import { type ApiRoute, isChange } from "./route.ts";

type JsonSchema = Record<string, unknown>;

const PROBLEM: JsonSchema = {
  type: "object",
  required: ["type", "title", "status"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What is wrong and how to mend it" },
    field: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { field: { type: "string" }, detail: { type: "string" } },
      },
    },
  },
};

/** Writes the OpenAPI 3.1 document of a table of routes; `basePath` is where browsers find them. */
export function describeApi(routes: readonly ApiRoute[], basePath: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: describeRoute(route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "MUTT admin API",
      version: VERSION,
      description:
        "Errors are application/problem+json (RFC 9457); lists are {items, next_cursor}.",
    },
    servers: [{ url: basePath || "/" }],
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "X-API-KEY" },
        bearer: { type: "http", scheme: "bearer" },
        session: { type: "apiKey", in: "cookie", name: "mutt_session" },
      },
    },
    paths,
  };
}

function describeRoute(route: ApiRoute): JsonSchema {
  const needed = route.role === "open" ? "" : ` Needs the role ${route.role}.`;
  return {
    summary: route.summary,
    description: `${route.summary}.${needed}`,
    operationId: operationId(route),
    security: route.role === "open" ? [] : [{ key: [] }, { bearer: [] }, { session: [] }],
    ...(route.role === "open" ? {} : { "x-role": route.role }),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: responsesOf(route),
  };
}

function operationId({ method, path }: ApiRoute): string {
  const words = path.replace("/api/v1/", "").split(/[^A-Za-z0-9]+/);
  return [method, ...words.filter((word) => word !== "")].join("_");
}

function parametersOf(route: ApiRoute): JsonSchema[] {
  const inPath = fieldsOf(route.params).map((field) => ({ ...field, in: "path", required: true }));
  const inQuery = fieldsOf(route.query).map((field) => ({ ...field, in: "query" }));
  if (isChange(route) && (route.bodyType !== undefined || route.method === "delete")) {
    inQuery.push({ name: "reason", in: "query", required: false, schema: schemaOf(Reason) });
  }
  const ifMatch = route.answers.some(({ status }) => status === 412)
    ? [{ name: "If-Match", in: "header", required: false, schema: { type: "string" } }]
    : [];
  return [...inPath, ...inQuery, ...ifMatch];
}

interface Field extends JsonSchema {
  name: string;
  required: boolean;
  schema: unknown;
}

function fieldsOf(schema: z.ZodType | undefined): Field[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    required: required.includes(name),
    ...(property.description === undefined ? {} : { description: property.description }),
    schema: property,
  }));
}

function bodyOf(route: ApiRoute): JsonSchema {
  if (route.bodyType === "rules-file") {
    const content = {
      "application/yaml": { schema: { type: "string" } },
      "application/json": { schema: { type: "object" } },
    };
    return { requestBody: { required: true, content } };
  }
  if (route.method === "get" || (route.body === undefined && !isChange(route))) return {};
  const own = route.body === undefined ? { type: "object" } : schemaOf(route.body);
  const schema = isChange(route) ? withReason(own, route.reason === "required") : own;
  const required = route.body !== undefined || route.reason === "required";
  return { requestBody: { required, content: { "application/json": { schema } } } };
}

function withReason(schema: JsonSchema, isRequired: boolean): JsonSchema {
  const { properties = {}, required = [] } = schema as {
    properties?: JsonSchema;
    required?: string[];
  };
  return {
    ...schema,
    properties: { ...properties, reason: schemaOf(Reason) },
    required: isRequired ? [...required, "reason"] : required,
  };
}

function responsesOf(route: ApiRoute): JsonSchema {
  const responses: Record<string, unknown> = {};
  for (const { status, description, schema, contentType } of route.answers) {
    const type = contentType ?? (status >= 400 ? "application/problem+json" : "application/json");
    const content =
      status >= 400
        ? { [type]: { schema: { $ref: "#/components/schemas/Problem" } } }
        : schema || contentType
          ? { [type]: { schema: schema ? schemaOf(schema, "output") : { type: "string" } } }
          : undefined;
    responses[status] = { description, ...(content && { content }) };
  }
  for (const status of commonErrors(route)) {
    responses[status] ??= {
      description: STATUS_CODES[status],
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return responses;
}

/** What any route may answer for reasons that are not its own. */
function commonErrors(route: ApiRoute): number[] {
  return [
    ...(route.params || route.query || route.body || route.bodyType || route.reason ? [400] : []),
    ...(route.role === "open" ? [] : [401, 403]),
    ...(route.method === "get" ? [] : [413, 415]),
    ...(route.worksWithoutRedis ? [] : [503]),
  ];
}

function schemaOf(schema: z.ZodType, io: "input" | "output" = "input"): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const override = z.globalRegistry.get(zodSchema as unknown as z.ZodType)?.override;
      if (io === "input" && override) {
        for (const key of Object.keys(jsonSchema)) delete (jsonSchema as JsonSchema)[key];
        Object.assign(jsonSchema, override);
      }
    },
  });
  return json;
}
