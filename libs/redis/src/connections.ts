import { Redis } from "ioredis";
import type { RedisSettings } from "./settings.ts";

/** Options of one connection, as ioredis and BullMQ both take them. */
export interface RedisConnectionOptions {
  host: string;
  port: number;
  db: number;
  protocol: 2;
  retryStrategy(attempt: number): number;
  username?: string;
  password?: string;
  tls?: { ca?: Buffer; cert?: Buffer; key?: Buffer };
  sentinels?: { host: string; port: number }[];
  name?: string;
  enableOfflineQueue?: boolean;
  commandTimeout?: number;
  connectTimeout?: number;
  socketTimeout?: number;
  maxRetriesPerRequest?: null;
}

/** Told of connection trouble; the message repeats on every attempt, so callers log the first of an outage. */
export type ConnectionErrorListener = (error: Error) => void;

/**
 * The longest wait for one command on a fail-fast connection, in milliseconds.
 * A sender is answered within 2 s even when Redis is frozen, so one add must end well before that.
 */
const FAIL_FAST_COMMAND_MS = 1400;

/** Reconnect after 200 ms, 400 ms … at most 1 s: the default of up to 20 s makes short outages long. */
const retryStrategy = (attempt: number): number => Math.min(100 * 2 ** attempt, 1000);

function commonOptions(settings: RedisSettings): RedisConnectionOptions {
  const options: RedisConnectionOptions = {
    host: settings.host,
    port: settings.port,
    db: settings.db,
    // BullMQ's own tests run on RESP2; RESP3 brought nothing measurable.
    protocol: 2,
    retryStrategy,
  };
  if (settings.username !== undefined) options.username = settings.username;
  if (settings.password !== undefined) options.password = settings.password;
  if (settings.tls) options.tls = settings.tls;
  if (settings.sentinels) {
    options.sentinels = settings.sentinels.addresses;
    options.name = settings.sentinels.name;
  }
  return options;
}

/** Options for whoever answers a caller: commands fail at once while Redis is away, and after 1.4 s when it is silent. */
export function failFastOptions(settings: RedisSettings): RedisConnectionOptions {
  return {
    ...commonOptions(settings),
    enableOfflineQueue: false,
    commandTimeout: FAIL_FAST_COMMAND_MS,
    connectTimeout: 2000,
    socketTimeout: 3000,
  };
}

/**
 * Options for workers: commands wait for Redis as long as it takes.
 * `socketTimeout` is above BullMQ's longest blocking read (10 s); without it a connection that died
 * silently would stand still for good.
 */
export function patientOptions(settings: RedisSettings): RedisConnectionOptions {
  return { ...commonOptions(settings), maxRetriesPerRequest: null, socketTimeout: 15_000 };
}

/** Opens a fail-fast connection; it connects in the background and never throws here. */
export function connectFailFast(settings: RedisSettings, onError: ConnectionErrorListener): Redis {
  return listen(new Redis(failFastOptions(settings)), onError);
}

/** Opens a patient connection; it connects in the background and never throws here. */
export function connectPatient(settings: RedisSettings, onError: ConnectionErrorListener): Redis {
  return listen(new Redis(patientOptions(settings)), onError);
}

function listen(redis: Redis, onError: ConnectionErrorListener): Redis {
  redis.on("error", onError);
  return redis;
}

/** Closes a connection without waiting for a server that may be away. */
export function disconnect(redis: Redis): void {
  redis.disconnect();
}
