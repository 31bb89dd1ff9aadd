export { readClockMs } from "./clock.ts";
export {
  type ConnectionErrorListener,
  connectBriefly,
  connectFailFast,
  connectPatient,
  disconnect,
  failFastOptions,
  patientOptions,
  type QueueRedis,
  type RedisConnectionOptions,
} from "./connections.ts";
export { redisProblem } from "./health.ts";
export { awaitLastWrite } from "./last-write.ts";
export { readMemoryUse } from "./memory.ts";
export {
  createConnectionErrorLog,
  createOutageLog,
  type OutageLog,
  type WarningLogger,
} from "./outage-log.ts";
export { createScript, type RedisScript } from "./script.ts";
export { RedisEnv, type RedisSettings, redisSettings } from "./settings.ts";
