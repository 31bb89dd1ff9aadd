import { RedisEnv } from "@mutt/redis";
import { baseEnv, portVariable } from "@mutt/service";
import { z } from "zod";

/** The admin app's environment. */
export const AdminEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  ADMIN_PORT: portVariable(8090, "Port of the admin app"),
  ADMIN_API_KEYS: z
    .string()
    .optional()
    .describe("Keys of operators as name:role:secret,…; roles viewer, operator, admin"),
  ADMIN_API_KEYS_FILE: z
    .string()
    .optional()
    .describe("File with the same content; it is read again when it changes"),
});
