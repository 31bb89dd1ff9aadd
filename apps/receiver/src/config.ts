import { z } from "zod";

const Config = z.object({
  HOST: z.string().min(1).default("127.0.0.1"),
  MOOG_API_KEY: z.string().min(1).optional(),
  SINK_PORT: z.coerce.number().int().min(1).max(65_535).default(8099),
});

/** Environment of the local receiver. */
export type Config = z.infer<typeof Config>;

/** Reads the environment; throws with one line per bad variable. An empty variable counts as unset. */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = Config.safeParse(given);
  if (!result.success) throw new Error(`invalid environment\n${z.prettifyError(result.error)}`);
  return result.data;
}
