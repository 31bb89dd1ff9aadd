export { ensureConsole } from "./console-build.ts";
export { type LaunchOptions, launch, type Running } from "./launch.ts";
export { parseSamples, type Sample, sumBy } from "./metrics-text.ts";
export { waitReady } from "./readiness.ts";
export { APPS, type AppName, mainFileOf, PORT_VARIABLES, REPOSITORY } from "./services.ts";
export { endWithin } from "./supervisor.ts";
