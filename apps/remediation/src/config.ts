import { RedisEnv } from "@mutt/redis";
import { baseEnv, portVariable } from "@mutt/service";
import { z } from "zod";

/** The remediation app's environment. */
export const RemediationEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  REMEDIATION_PORT: portVariable(8083, "Port of the remediation app's ops endpoints"),
});
