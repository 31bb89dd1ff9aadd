export type { IngestedEvent, Severity } from "./event.ts";
