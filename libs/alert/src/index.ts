export {
  buildAlert,
  buildMetaAlert,
  type Environment,
  META_ALERT_SEVERITY,
  type MoogSeverity,
  type OutgoingAlert,
  toMoogSeverity,
  type UnhandledPattern,
} from "./alert.ts";
export { type Delivery, MAX_DELIVERY_BYTES, packDeliveries } from "./deliveries.ts";
export { buildShedDigest, type ShedDigest } from "./shed-digest.ts";
