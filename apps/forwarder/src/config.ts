import { RedisEnv } from "@mutt/redis";
import { baseEnv, integerVariable, portVariable } from "@mutt/service";
import { z } from "zod";

/** The forwarder's environment. */
export const ForwarderEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  FORWARDER_PORT: portVariable(8082, "Port of the forwarder's ops endpoints"),
  MOOG_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: "expected the http(s) URL that takes alerts" })
    .describe("Where alerts are delivered"),
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
