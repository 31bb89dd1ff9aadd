import { RedisEnv } from "@mutt/redis";
import { baseEnv, integerVariable, portVariable } from "@mutt/service";
import { z } from "zod";
import { sloEnv } from "./slo/env.ts";

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
  ...sloEnv,
  ADMIN_BASE_PATH: z
    .string()
    .trim()
    .regex(/^(\/[\w.~-]+)*\/?$/, {
      error: "expected a path such as /mutt, or nothing for the root",
    })
    .transform((path) => path.replace(/\/$/, ""))
    .default("")
    .describe("Path under which browsers reach the admin app behind a proxy, such as /mutt"),
  TRUST_PROXY: integerVariable({
    default: 0,
    min: 0,
    max: 10,
    description:
      "Proxies before the admin app whose X-Forwarded-For and X-Forwarded-Proto are believed",
  }),
  ENVIRONMENT_LABEL: z
    .string()
    .trim()
    .max(40, { error: "expected at most 40 characters" })
    .optional()
    .describe("What the console calls this installation, such as production"),
  CONSOLE_DIR: z
    .string()
    .optional()
    .describe("Directory of the built console; by default apps/console/dist"),
});
