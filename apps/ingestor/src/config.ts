import { RedisEnv } from "@mutt/redis";
import { baseEnv, portVariable } from "@mutt/service";
import { TracingEnv } from "@mutt/tracing";
import { z } from "zod";

/** The ingestor's environment. */
export const IngestorEnv = z.object({
  ...baseEnv,
  ...RedisEnv.shape,
  ...TracingEnv.shape,
  INGESTOR_PORT: portVariable(8080, "Port of the ingest API"),
  INGEST_API_KEYS: z
    .string()
    .optional()
    .describe("Keys of senders as name:secret,name:secret; secrets of at least 16 characters"),
  INGEST_API_KEYS_FILE: z
    .string()
    .optional()
    .describe("File with the same content; it is read again when it changes"),
});
