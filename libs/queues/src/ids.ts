import { createHash } from "node:crypto";

/**
 * Names a job after its members, so that doing a hop again after a crash adds nothing new, and a job
 * with other members never takes the same name. 22 characters; BullMQ forbids `:` and all-digit ids.
 */
export function derivedJobId(kind: "c" | "d", memberIds: readonly string[]): string {
  const hash = createHash("sha256");
  for (const id of memberIds) hash.update(id).update("\n");
  return `${kind}${hash.digest("base64url").slice(0, 21)}`;
}

/** Id of a dead letter's job: one per alert and replay. */
export function deadLetterJobId(alertId: string, replays: number): string {
  return `${alertId}~r${replays}`;
}
