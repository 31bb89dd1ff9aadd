import { Cluster, Redis } from "ioredis";
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

/** What BullMQ connects with: options of a connection, or a Cluster, which BullMQ duplicates where it needs more of it. */
export type QueueRedis = RedisConnectionOptions | Cluster;

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

/** For whoever answers a caller: commands fail at once while Redis is away, and after 1.4 s when it is silent. */
export function failFastOptions(settings: RedisSettings): QueueRedis {
  return toQueueRedis(settings, failFast(settings));
}

function failFast(settings: RedisSettings): RedisConnectionOptions {
  return {
    ...commonOptions(settings),
    enableOfflineQueue: false,
    commandTimeout: FAIL_FAST_COMMAND_MS,
    connectTimeout: 2000,
    socketTimeout: 3000,
  };
}

function toQueueRedis(settings: RedisSettings, options: RedisConnectionOptions): QueueRedis {
  return settings.cluster ? openCluster(settings.cluster, options) : options;
}

/**
 * For workers: commands wait for Redis as long as it takes.
 * `socketTimeout` is above BullMQ's longest blocking read (10 s); without it a connection that died
 * silently would stand still for good.
 */
export function patientOptions(settings: RedisSettings): QueueRedis {
  const options = {
    ...commonOptions(settings),
    maxRetriesPerRequest: null,
    socketTimeout: 15_000,
  };
  return toQueueRedis(settings, options);
}

/** Its connections to nodes have the given options; a slot that moves, or a node that is replaced, is followed. */
function openCluster(
  nodes: NonNullable<RedisSettings["cluster"]>,
  {
    host: _host,
    port: _port,
    db: _db,
    retryStrategy: again,
    ...redisOptions
  }: RedisConnectionOptions,
): Cluster {
  const cluster = new Cluster(nodes, {
    clusterRetryStrategy: again,
    enableOfflineQueue: redisOptions.enableOfflineQueue ?? true,
    slotsRefreshTimeout: 2000,
    redisOptions,
  });
  // Whoever uses it listens as well; without any listener an error would end the process.
  cluster.on("error", () => {});
  return cluster;
}

/** Opens a fail-fast connection; it connects in the background and never throws here. */
export function connectFailFast(settings: RedisSettings, onError: ConnectionErrorListener): Redis {
  return connect(failFastOptions(settings), onError);
}

/** Opens a patient connection; it connects in the background and never throws here. */
export function connectPatient(settings: RedisSettings, onError: ConnectionErrorListener): Redis {
  return connect(patientOptions(settings), onError);
}

/** Opens a fail-fast connection for a few commands: they may be given before it stands, and wait that long. */
export function connectBriefly(settings: RedisSettings, onError: ConnectionErrorListener): Redis {
  const options = { ...failFast(settings), enableOfflineQueue: true };
  return connect(toQueueRedis(settings, options), onError);
}

/** A Cluster takes every command that is used here, since all keys lie on one node: callers need not know it from a Redis. */
function connect(to: QueueRedis, onError: ConnectionErrorListener): Redis {
  const redis = to instanceof Cluster ? (to as unknown as Redis) : new Redis(to);
  redis.on("error", onError);
  return redis;
}

/** Closes a connection without waiting for a server that may be away. */
export function disconnect(redis: Redis): void {
  redis.disconnect();
}
