import { RedisEnv } from "@mutt/redis";
import { baseEnv, portVariable } from "@mutt/service";
import { z } from "zod";

/** The alerter's environment. */
export const AlerterEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  ALERTER_PORT: portVariable(8081, "Port of the alerter's ops endpoints"),
});
