import type { DeadLetterFilter } from "../api/dead-letters.ts";

const TEXTS = ["queue", "class", "reason", "fingerprint", "host"] as const;
const NUMBERS = [
  "severity",
  "min_age_seconds",
  "max_age_seconds",
  "replays_min",
  "replays_max",
] as const;

/** Fields that the page's address can hold. */
export type FilterField = (typeof TEXTS)[number] | (typeof NUMBERS)[number];

/** The filter that an address asks for; what is no number is left out. */
export function filterOf(query: URLSearchParams): DeadLetterFilter {
  const filter: DeadLetterFilter = {};
  for (const name of TEXTS) {
    const value = query.get(name)?.trim();
    if (value) filter[name] = value;
  }
  for (const name of NUMBERS) {
    const text = query.get(name)?.trim();
    const value = Number(text);
    if (text && Number.isInteger(value) && value >= 0) filter[name] = value;
  }
  return filter;
}

/** The address of the page with one field of the filter changed; an empty value takes it out. */
export function addressWith(filter: DeadLetterFilter, field: FilterField, value: string): string {
  const query = new URLSearchParams();
  for (const [name, old] of Object.entries({ ...filter, [field]: value.trim() })) {
    if (old !== "" && old !== undefined) query.set(name, String(old));
  }
  const text = query.toString();
  return text === "" ? "dead-letters" : `dead-letters?${text}`;
}

/** Whether a filter leaves out all kinds but some; a queue alone is as much as everything in it. */
export function isNarrow({ queue: _queue, ...rest }: DeadLetterFilter): boolean {
  return Object.keys(rest).length > 0;
}

/** A filter in words; empty when it leaves nothing out. */
export function describeFilter(filter: DeadLetterFilter): string {
  return Object.entries(filter)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)
    .join(", ");
}
