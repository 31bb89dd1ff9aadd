import { z } from "zod";

const delayMs = z.number().int().min(0).max(600_000);
const failingStatus = z.number().int().min(400).max(599);
/** After this many webhook requests the receiver is back in mode `ok` by itself. */
const forRequests = { for_requests: z.number().int().min(1).optional() };

/** How the receiver is told to behave (`POST /mode`); every mode but `ok` may carry `for_requests`. */
export const ReceiverMode = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("ok") }),
  z.strictObject({
    mode: z.literal("throttle"),
    status: z.union([z.literal(429), z.literal(503)]).default(429),
    /** Seconds to wait. */
    retry_after: z.number().int().min(0).max(86_400).default(1),
    /** Whether `Retry-After` is sent as seconds, as an HTTP date, or not at all. */
    retry_after_as: z.enum(["seconds", "date", "none"]).default("seconds"),
    ...forRequests,
  }),
  z.strictObject({
    mode: z.literal("error"),
    status: failingStatus.default(500),
    ...forRequests,
  }),
  z.strictObject({ mode: z.literal("unauthorized"), ...forRequests }),
  z.strictObject({ mode: z.literal("slow"), delay_ms: delayMs, ...forRequests }),
  z.strictObject({ mode: z.literal("hang"), ...forRequests }),
  z.strictObject({
    mode: z.literal("every"),
    n: z.number().int().min(1),
    status: failingStatus.default(500),
    ...forRequests,
  }),
  z.strictObject({ mode: z.literal("close"), ...forRequests }),
  z.strictObject({ mode: z.literal("html"), ...forRequests }),
  z.strictObject({
    mode: z.literal("redirect"),
    location: z.string().min(1).default("/elsewhere"),
    ...forRequests,
  }),
  z.strictObject({
    mode: z.literal("reject"),
    text: z.string().min(1),
    status: z.union([z.literal(400), z.literal(413), z.literal(422)]).default(400),
    ...forRequests,
  }),
  z.strictObject({ mode: z.literal("late"), delay_ms: delayMs, ...forRequests }),
]);

/** A mode with its defaults filled in. */
export type ReceiverMode = z.infer<typeof ReceiverMode>;

/** A mode as it is sent, defaults left out. */
export type ReceiverModeInput = z.input<typeof ReceiverMode>;

/** The mode in force, and the counting of requests that some modes need. */
export type ModeSwitch = {
  current(): ReceiverMode & { requests_left?: number };
  set(mode: ReceiverMode): void;
  /** The mode for this webhook request, which it counts; `nth` starts at 1 when a mode is set. */
  next(): { mode: ReceiverMode; nth: number };
};

/** Starts in mode `ok`. */
export function createModeSwitch(): ModeSwitch {
  let mode: ReceiverMode = { mode: "ok" };
  let seen = 0;
  const limitOf = (of: ReceiverMode) => ("for_requests" in of ? of.for_requests : undefined);
  return {
    current: () => {
      const limit = limitOf(mode);
      return limit === undefined ? mode : { ...mode, requests_left: limit - seen };
    },
    set: (next) => {
      mode = next;
      seen = 0;
    },
    next: () => {
      seen += 1;
      const asked = { mode, nth: seen };
      if (seen === limitOf(mode)) {
        mode = { mode: "ok" };
        seen = 0;
      }
      return asked;
    },
  };
}
