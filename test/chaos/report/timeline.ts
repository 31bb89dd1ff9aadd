import { appendFileSync } from "node:fs";

/** What happened, in its order. */
export interface Timeline {
  /** Epoch milliseconds. */
  startedAt: number;
  entries: readonly TimelineEntry[];
  note(text: string): void;
}

/** One thing that happened. */
export interface TimelineEntry {
  /** Epoch milliseconds. */
  at: number;
  text: string;
}

/** Starts a timeline, which is also written to a file as it goes on. */
export function startTimeline(file: string): Timeline {
  const entries: TimelineEntry[] = [];
  const startedAt = Date.now();
  return {
    startedAt,
    entries,
    note(text) {
      const entry = { at: Date.now(), text };
      entries.push(entry);
      appendFileSync(file, `${formatEntry(entry, startedAt)}\n`);
    },
  };
}

/** An entry in one line, its time in seconds since the start. */
export function formatEntry({ at, text }: TimelineEntry, startedAt: number): string {
  return `${((at - startedAt) / 1000).toFixed(2).padStart(8)} s  ${text}`;
}
