import { z } from "zod";

/** The samplers of OpenTelemetry's environment variables. */
const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

/** `name=value,name=value`; a name is a token of HTTP, a value is URL-encoded where it has to be. */
const HEADER_LIST = /^\s*[\w!#$%&'*+.^`|~-]+\s*=[^,]*(,\s*[\w!#$%&'*+.^`|~-]+\s*=[^,]*)*$/;

const SHARE = "expected a number from 0 to 1, for example 0.1";

/**
 * Environment variables that say whether and where traces go, with the names and meanings of OpenTelemetry:
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/ and
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/.
 */
export const TracingEnv = z.object({
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({
      protocol: /^https?$/,
      error: "expected the http(s) URL of a collector, for example http://127.0.0.1:4318",
    })
    .optional()
    .describe(
      "Collector that takes traces as OTLP over HTTP in JSON, without /v1/traces; nothing is traced when not set",
    ),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(HEADER_LIST, { error: "expected name=value,name=value" })
    .refine((list) => list.split(",").every(isDecodable), {
      error: "expected name=value,name=value with URL-encoded values",
    })
    .optional()
    .describe("Headers for the collector as name=value,name=value, values URL-encoded"),
  OTEL_SERVICE_NAME: z
    .string()
    .trim()
    .regex(/^.{1,255}$/, { error: "expected 1 to 255 characters" })
    .optional()
    .describe("Name of the service in traces; mutt-ingestor, mutt-alerter and so on when not set"),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `expected ${SAMPLERS.join(", ")}` })
    .default("parentbased_always_on")
    .describe("Which traces are kept; the parentbased ones follow the sender's decision"),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .trim()
    .regex(/^(\d+|\d*\.\d+)$/, { error: SHARE })
    .transform(Number)
    .refine((share) => share <= 1, { error: SHARE })
    .default(1)
    .describe("Share of the traces that a traceidratio sampler keeps, from 0 to 1"),
});

/** The name of one of the samplers. */
type SamplerName = (typeof SAMPLERS)[number];

/** What the variables come to. */
export interface TracingSettings {
  /** Where the spans are posted to. */
  url: string;
  headers: Record<string, string>;
  serviceName: string | undefined;
  sampler: SamplerName;
  /** From 0 to 1. */
  ratio: number;
}

/** Turns the environment into settings; `undefined` when nothing is to be traced. */
export function tracingSettings(env: z.infer<typeof TracingEnv>): TracingSettings | undefined {
  if (env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return undefined;
  const url = new URL(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/traces`;
  return {
    url: url.href,
    headers: headersOf(env.OTEL_EXPORTER_OTLP_HEADERS),
    serviceName: env.OTEL_SERVICE_NAME,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  };
}

function headersOf(list = ""): Record<string, string> {
  const entries = list.split(",").filter((entry) => entry.includes("="));
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at).trim(), decodeURIComponent(entry.slice(at + 1).trim())];
    }),
  );
}

function isDecodable(entry: string): boolean {
  try {
    // What Node would refuse as a header must not wait for the first export to be found out.
    return /^[\x20-\x7e]*$/.test(decodeURIComponent(entry));
  } catch {
    return false;
  }
}
