export type { Check, CheckResult } from "./checks.ts";
export { createInvalidSettingCounter } from "./config-metrics.ts";
export {
  baseEnv,
  type Environment,
  EnvironmentError,
  integerVariable,
  parseEnv,
  portVariable,
  secretsIn,
} from "./env.ts";
export { createHttpApp, type HttpAppOptions } from "./http-app.ts";
export { type HttpServer, type HttpServerOptions, startHttpServer } from "./http-server.ts";
export { processName, VERSION } from "./identity.ts";
export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from "./logger.ts";
export { createOpsRouter, type OpsOptions } from "./ops-router.ts";
export { createParts, type Parts } from "./parts.ts";
export { type Problem, ProblemError, sendProblem } from "./problem.ts";
export { createProblemErrors, createProblemFallback } from "./problem-routes.ts";
export { createRedactor, type RedactLimits, type Redactor } from "./redact.ts";
export { type App, type AppOptions, runApp } from "./run-app.ts";
export {
  type ProcessPort,
  type Shutdown,
  type ShutdownOptions,
  untilShutdown,
} from "./shutdown.ts";
