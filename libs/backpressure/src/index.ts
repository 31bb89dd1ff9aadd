export {
  OVERLOAD_STATES,
  type Overload,
  type OverloadState,
  type ShedMode,
  type ShedPolicy,
} from "./overload.ts";
