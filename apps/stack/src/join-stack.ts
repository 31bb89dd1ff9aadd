import { freeLoopbackPort } from "@mutt/private-redis";
import type { Environment } from "@mutt/service";
import { type AppName, PORT_VARIABLES } from "./services.ts";
import type { StackFile } from "./stack-file.ts";

/** What an app is started with beside its environment, and what its user is told about it. */
export type Joining = { variables: Record<string, string>; lines: string[] };

/**
 * The variables by which another process of an app joins a running stack: Redis and keys, as far as the
 * environment does not give them, and a free port, since the stack's own is taken.
 */
export async function joinStack(
  name: AppName,
  env: Environment,
  stack: StackFile | undefined,
): Promise<Joining> {
  const lines: string[] = [];
  const variables: Record<string, string> = {};
  const portVariable = PORT_VARIABLES[name];
  if (!stack) return { variables, lines };

  const isGiven = (variable: string): boolean => Boolean(env[variable]?.trim());
  // A Redis that is given is another one: nothing of the way to the stack's own fits it.
  const joinsRedis = !isGiven("REDIS_URL") && !isGiven("REDIS_SENTINELS");
  for (const [variable, value] of Object.entries(stack.environment[name] ?? {})) {
    if (isGiven(variable) || variable === portVariable) continue;
    if (variable.startsWith("REDIS_") && !joinsRedis) continue;
    if (isGiven(`${variable}_FILE`)) continue;
    variables[variable] = value;
  }
  if (joinsRedis) lines.push(`joining the stack of process ${stack.pid}`);
  if (!isGiven(portVariable)) {
    variables[portVariable] = String(await freeLoopbackPort());
    lines.push(`listening on port ${variables[portVariable]}; set ${portVariable} for another one`);
  }
  return { variables, lines };
}
