import { Redis } from "ioredis";

/** The connection that BullMQ's documentation gives to workers and queues. */
export function connectRedis(): Redis {
  return new Redis(requiredVariable("REDIS_URL"), { maxRetriesPerRequest: null });
}

/** A variable that the bench sets for its peers. */
export function requiredVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: peers are started by the bench`);
  return value;
}
