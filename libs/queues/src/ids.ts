import { hash } from "node:crypto";

/**
 * Names a job after its members, so that doing a hop again after a crash adds nothing new, and a job
 * with other members never takes the same name. 22 characters; BullMQ forbids `:` and all-digit ids.
 */
export function derivedJobId(kind: "c" | "d", memberIds: readonly string[]): string {
  const digest = hash("sha256", `${memberIds.join("\n")}\n`, "base64url");
  return `${kind}${digest.slice(0, 21)}.${memberIds.length}`;
}

/** How often something was replayed; absent counts are none. */
export interface ReplayCounts {
  /** Replays that spent some of the poison budget. */
  replays?: number;
  /** Replays that spent none of it. */
  free_replays?: number;
  /** Who asked for the last one. */
  replay_by?: string;
}

/** Tells the rounds of one alert apart: a job that is kept must not swallow its own replay. */
export function replaySuffix({ replays = 0, free_replays = 0 }: ReplayCounts): string {
  if (free_replays > 0) return `~r${replays}.${free_replays}`;
  return replays > 0 ? `~r${replays}` : "";
}

/** Id of a dead letter's job: one per alert and replay. */
export function deadLetterJobId(alertId: string, counts: ReplayCounts): string {
  return alertId + (replaySuffix(counts) || "~r0");
}

/** What there is of it, to be carried on in the data of the next job. */
export function carriedReplays({ replays, free_replays, replay_by }: ReplayCounts): ReplayCounts {
  return {
    ...(replays ? { replays } : {}),
    ...(free_replays ? { free_replays } : {}),
    ...(replay_by ? { replay_by } : {}),
  };
}
