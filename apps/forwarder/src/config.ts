import { RedisEnv } from "@mutt/redis";
import { baseEnv, integerVariable, portVariable } from "@mutt/service";
import { TracingEnv } from "@mutt/tracing";
import { z } from "zod";
import { isSameEndpoint } from "./moog-health-url.ts";

const FIELDS = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  ...TracingEnv.shape,
  FORWARDER_PORT: portVariable(8082, "Port of the forwarder's ops endpoints"),
  MOOG_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: "expected the http(s) URL that takes alerts" })
    .describe("Where alerts are delivered"),
  MOOG_HEALTH_URL: z
    .url({ protocol: /^https?$/, error: "expected the http(s) URL of a test endpoint" })
    .optional()
    .describe("Test endpoint of the destination; it gets a small POST every 10 s"),
  MOOG_API_KEY: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]+$/, { error: "expected printable ASCII characters without spaces" })
    .describe("Sent to the webhook as Authorization: Bearer; held by the forwarder alone"),
  MOOG_TIMEOUT_MS: integerVariable({
    default: 10_000,
    min: 100,
    max: 120_000,
    description: "Milliseconds until a delivery without an answer counts as failed",
  }),
});

/** The forwarder's environment. */
export const ForwarderEnv = FIELDS.refine(
  ({ MOOG_WEBHOOK_URL, MOOG_HEALTH_URL }) =>
    MOOG_HEALTH_URL === undefined || !isSameEndpoint(MOOG_HEALTH_URL, MOOG_WEBHOOK_URL),
  {
    path: ["MOOG_HEALTH_URL"],
    error: "expected another endpoint than MOOG_WEBHOOK_URL, which would take probes for alerts",
  },
);
