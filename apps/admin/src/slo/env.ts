import { readFileSync } from "node:fs";
import type { PrometheusOptions } from "@mutt/prometheus";
import { z } from "zod";

/** Variables that say where Prometheus is; spread them into the admin app's own `z.object`. */
export const sloEnv = {
  PROMETHEUS_URL: z
    .url({
      protocol: /^https?$/,
      error: "expected http://host:port or https://host:port, with a path if it has one",
    })
    .refine((text) => !/^[^/]*\/\/[^/]*@/.test(text), {
      error:
        "expected an address without user and password; use PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD",
    })
    .optional()
    .describe(
      "Prometheus that the objectives are measured with; without it the pipeline's own counters are used",
    ),
  PROMETHEUS_BEARER_TOKEN: z.string().trim().optional().describe("Bearer token for Prometheus"),
  PROMETHEUS_USERNAME: z.string().optional().describe("User name for Prometheus (basic)"),
  PROMETHEUS_PASSWORD: z.string().optional().describe("Password for Prometheus (basic)"),
  PROMETHEUS_CA_FILE: z.string().optional().describe("CA certificate file for PROMETHEUS_URL"),
  PROMETHEUS_HEADERS: z
    .string()
    .regex(/^\s*[\w-]+\s*:[^;:]+(;\s*[\w-]+\s*:[^;:]+)*;?\s*$/, {
      error: "expected Name: value; Name: value, for example X-Scope-OrgID: noc",
    })
    .optional()
    .describe("Headers that are sent to Prometheus as Name: value; Name: value, such as a tenant"),
};

type SloEnvironment = z.infer<z.ZodObject<typeof sloEnv>>;

/**
 * Turns the environment into the way to Prometheus; `undefined` when none is set.
 * Reads the CA file; throws a sentence that names the variable when something cannot be used.
 */
export function prometheusOptions(env: SloEnvironment): PrometheusOptions | undefined {
  if (env.PROMETHEUS_URL === undefined) return undefined;
  const { PROMETHEUS_USERNAME: username, PROMETHEUS_PASSWORD: password } = env;
  if ((username === undefined) !== (password === undefined)) {
    throw new Error(
      "PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD go together: give both or neither",
    );
  }
  const bearerToken = env.PROMETHEUS_BEARER_TOKEN;
  if (bearerToken !== undefined && username !== undefined) {
    throw new Error("PROMETHEUS_BEARER_TOKEN and PROMETHEUS_USERNAME exclude each other: give one");
  }
  return {
    url: env.PROMETHEUS_URL,
    headers: headersOf(env.PROMETHEUS_HEADERS ?? ""),
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(username === undefined || password === undefined
      ? {}
      : { basicAuth: { username, password } }),
    ...(env.PROMETHEUS_CA_FILE === undefined ? {} : { ca: readCa(env.PROMETHEUS_CA_FILE) }),
  };
}

function headersOf(text: string): Record<string, string> {
  const pairs = text.split(";").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const colon = pair.indexOf(":");
      return [pair.slice(0, colon).trim().toLowerCase(), pair.slice(colon + 1).trim()];
    }),
  );
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new Error("PROMETHEUS_CA_FILE: the file cannot be read", { cause });
  }
}
