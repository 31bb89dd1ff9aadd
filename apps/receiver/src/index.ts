export type { ReceivedAlert } from "./ledger.ts";
export type { ReceiverMode } from "./modes.ts";
export { type Receiver, type ReceiverOptions, startReceiver } from "./receiver.ts";
export type { ReceiverStats } from "./stats.ts";
