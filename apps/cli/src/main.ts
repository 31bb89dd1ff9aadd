// Entry point of the operator's command line: one command, then the end.
import { userInfo } from "node:os";
import { connectBriefly, disconnect, RedisEnv, redisSettings } from "@mutt/redis";
import { baseEnv, parseEnv } from "@mutt/service";
import { recordAudit, storeKeys } from "@mutt/store";
import type { Redis } from "ioredis";
import { z } from "zod";
import { parseCommandLine } from "./command-line.ts";
import { runCommand } from "./run-command.ts";
import { USAGE, UsageError } from "./usage.ts";

const CliEnv = z.object({ QUEUE_PREFIX: baseEnv.QUEUE_PREFIX, ...RedisEnv.shape });

const [first = ""] = process.argv.slice(2);
if (["help", "--help", "-h"].includes(first)) {
  console.log(USAGE);
  process.exit(0);
}

let redis: Redis | undefined;
try {
  const line = parseCommandLine(process.argv.slice(2));
  const env = parseEnv(CliEnv, process.env);
  const prefix = env.QUEUE_PREFIX;
  redis = connectBriefly(redisSettings(env), () => {});
  await runCommand(line, {
    redis,
    prefix,
    env: process.env,
    auditKey: storeKeys(prefix).audit,
    recordAudit: recordAudit(prefix),
    actor: `cli:${userName()}`,
    print: (text) => console.log(text),
    ...(process.stdout.isTTY && {
      rewrite: (text: string) => void process.stdout.write(`\r\x1b[K${text}`),
    }),
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) console.error(`\n${USAGE}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  if (redis) disconnect(redis);
}

/** A platform that picks the user id has no name for it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
