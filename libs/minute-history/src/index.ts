export {
  BREAKER_LEVELS,
  type Counter,
  type CountingApp,
  type Field,
  type Gauge,
  OVERLOAD_LEVELS,
} from "./fields.ts";
export { type History, type HistoryRange, MAX_POINTS, readHistory } from "./history.ts";
export { MINUTE_MS, minuteOf } from "./keys.ts";
export {
  type MinuteRecorder,
  type MinuteRecorderOptions,
  startMinuteRecorder,
} from "./recorder.ts";
export { writeSample } from "./samples.ts";
export { createTotalsReader, type Totals, type TotalsReader } from "./totals.ts";
