import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

/** A Lua script that is sent by its digest and, where the server does not know it yet, by its text. */
export interface RedisScript {
  run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

/** Makes a script of Lua source; nothing is sent until it runs. */
export function createScript(lua: string): RedisScript {
  const digest = createHash("sha1").update(lua).digest("hex");
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(digest, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
        return await redis.eval(lua, keys.length, ...keys, ...args);
      }
    },
  };
}
