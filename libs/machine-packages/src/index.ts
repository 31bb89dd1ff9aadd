export { ensureChromium } from "./chromium.ts";
export { ensurePackage, type MachinePackage } from "./ensure-package.ts";
export { findProgram, type Program, type ProgramSearch } from "./find-program.ts";
export { ensurePrometheus, type Prometheus } from "./prometheus.ts";
