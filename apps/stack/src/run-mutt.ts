// Entry point of `npm run mutt`: the operator's command line, on the Redis of a running stack when none is given.
import { homeAt } from "./home.ts";
import { readStackFile } from "./stack-file.ts";

const { env } = process;
if (!env.REDIS_URL?.trim() && !env.REDIS_SENTINELS?.trim()) {
  const stack = await readStackFile(homeAt(env.MUTT_HOME));
  // Any app of the stack knows the way; the command line needs no key of its own.
  const { REDIS_URL, QUEUE_PREFIX } = stack?.environment.alerter ?? {};
  if (REDIS_URL !== undefined) env.REDIS_URL = REDIS_URL;
  if (QUEUE_PREFIX !== undefined && !env.QUEUE_PREFIX?.trim()) env.QUEUE_PREFIX = QUEUE_PREFIX;
}
await import(new URL("../../cli/src/main.ts", import.meta.url).href);
