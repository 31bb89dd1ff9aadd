export { type MoogHealth, publishMoogHealth, readMoogHealth } from "./moog-health.ts";
export { type PublishedOverload, publishOverload, readOverload } from "./overload.ts";
