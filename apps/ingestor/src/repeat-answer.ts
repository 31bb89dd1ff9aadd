import type { StoredAnswer } from "./idempotency.ts";
import type { EventResult } from "./read-events.ts";

interface ListBody {
  results: EventResult[];
}

/** A list answer as it is kept: of its results only the rejected ones, the others follow from the key. */
interface CompactBody {
  rejections: EventResult[];
  total: number;
}

/** Makes an answer small enough to be kept for a day: 10,000 results with their ids are 770 KB. */
export function compactAnswer({ status, body }: StoredAnswer): StoredAnswer {
  const { results, ...rest } = body as Partial<ListBody>;
  if (results === undefined) return { status, body };
  const rejections = results.filter((result) => result.status === "rejected");
  return { status, body: { ...rest, rejections, total: results.length } };
}

/** Makes the answer whole again; `eventId` gives the ids that the first request gave. */
export function expandAnswer(
  { status, body }: StoredAnswer,
  eventId: (index: number) => string,
): StoredAnswer {
  const { rejections, total, ...rest } = body as Partial<CompactBody>;
  if (rejections === undefined || total === undefined) return { status, body };
  const rejected = new Map(rejections.map((result) => [result.index, result]));
  const results = Array.from(
    { length: total },
    (_, index): EventResult =>
      rejected.get(index) ?? { index, status: "queued", id: eventId(index) },
  );
  return { status, body: { ...rest, results } };
}
