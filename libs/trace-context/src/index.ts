export { noteOrigin, originsOf, type TraceOrigin } from "./origins.ts";
export {
  formatTraceparent,
  MAX_TRACESTATE_LENGTH,
  parseTraceparent,
  readTraceContext,
  type TraceContext,
} from "./trace-context.ts";
