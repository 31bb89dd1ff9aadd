import { RedisEnv } from "@mutt/redis";
import { baseEnv, portVariable } from "@mutt/service";
import { TracingEnv } from "@mutt/tracing";
import { z } from "zod";

/** The alerter's environment. */
export const AlerterEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  ...TracingEnv.shape,
  ALERTER_PORT: portVariable(8081, "Port of the alerter's ops endpoints"),
});
