export { ensureRedisServer } from "./ensure-redis-server.ts";
export { findRedisServer, type RedisServer } from "./find-redis-server.ts";
export { freeLoopbackPort, isPortFree } from "./loopback-ports.ts";
export { askRedis, RedisReplyError } from "./resp.ts";
export {
  type PrivateRedis,
  type PrivateRedisOptions,
  startPrivateRedis,
} from "./start-private-redis.ts";
