export { ensureOrSkip } from "./ensure-or-skip.ts";
export { freePort } from "./free-port.ts";
export { type Pipeline, type PipelineOptions, startPipeline } from "./pipeline.ts";
export { type SpawnAppOptions, type SpawnedApp, spawnApp } from "./spawn-app.ts";
export { TEST_KEYS } from "./test-keys.ts";
export { startTestRedis, type TestRedis, type TestRedisOptions } from "./test-redis.ts";
export { uniquePrefix } from "./unique-prefix.ts";
export { waitFor } from "./wait-for.ts";
