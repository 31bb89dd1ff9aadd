// What every stage after ingest relies on, as a schema of its own: not the code that makes the events.
import { z } from "zod";

/** The longest that an event may be as JSON, in bytes. */
const MAX_EVENT_BYTES = 64 * 1024;

/** The longest that a chunk may be, and its most events. */
const MAX_CHUNK_BYTES = 256 * 1024;
const MAX_CHUNK_EVENTS = 100;

/** What ingest replaces a nest by lies within so many levels, the attributes' own included. */
const MAX_LEVELS = 34;

const clean = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => isClean(text), { error: "has NUL or half a surrogate pair" });

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const QueuedEvent = z.strictObject({
  id: z.string().regex(/^[\w-]{8,64}$/),
  correlation_id: z.string().regex(/^[\x20-\x7e]{1,128}$/),
  hostname: clean(255).min(1),
  message: clean(8192).min(1),
  severity: z.int().min(0).max(7),
  severity_given: clean(128).optional(),
  timestamp: time.refine((text) => !Number.isNaN(Date.parse(text)), { error: "is no time" }),
  timestamp_given: clean(128).optional(),
  received_at: time,
  trap_oid: z
    .string()
    .regex(/^[0-2](\.\d{1,10}){1,127}$/)
    .optional(),
  truncated: z.literal(true).optional(),
  attributes: z
    .record(
      z.string().refine((name) => !name.startsWith("_"), { error: "is a private name" }),
      z.unknown(),
    )
    .refine((attributes) => isCleanValue(attributes, 1), { error: "holds what is not clean" })
    .optional(),
});

/** An event as it lies in the ingest queue. */
export type QueuedEvent = z.infer<typeof QueuedEvent>;

/** Reads the data of a job of the ingest queue, given as Redis has it; throws when it is not what it has to be. */
export function readChunk(data: string): QueuedEvent[] {
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_CHUNK_BYTES) throw new Error(`a chunk has ${bytes} bytes`);
  const { events } = z
    .object({ events: z.array(QueuedEvent).min(1).max(MAX_CHUNK_EVENTS) })
    .parse(JSON.parse(data));
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    if (size > MAX_EVENT_BYTES) throw new Error(`event ${event.id} has ${size} bytes`);
  }
  return events;
}

function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

function isCleanValue(value: unknown, level: number): boolean {
  if (level > MAX_LEVELS) return false;
  if (typeof value === "string") return isClean(value);
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isCleanValue(item, level + 1));
  return Object.entries(value).every(
    ([name, member]) => isClean(name) && name !== "__proto__" && isCleanValue(member, level + 1),
  );
}
