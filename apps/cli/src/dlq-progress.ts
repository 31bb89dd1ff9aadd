import { setTimeout as sleep } from "node:timers/promises";
import { type Redrive, readRedrive } from "@mutt/redrive";
import type { DlqDeps } from "./dlq-read.ts";

/** Where progress is shown. */
interface ProgressDeps extends DlqDeps {
  /** Rewrites the last line, where the output is a terminal. */
  rewrite?: (text: string) => void;
}

const FOLLOW_MS = 500;
const BAR_WIDTH = 30;

/** Shows the progress of a redrive to its end: a bar that moves on a terminal, else a line for each change. */
export async function followRedrive(deps: ProgressDeps, id: string): Promise<void> {
  let last = "";
  for (;;) {
    const redrive = await readRedrive(deps, id);
    if (redrive === undefined) throw new Error(`there is no redrive ${id} any more`);
    const text = deps.rewrite
      ? `${bar(redrive)} ${describeProgress(redrive)}`
      : describeProgress(redrive);
    if (deps.rewrite) deps.rewrite(text);
    else if (text !== last) deps.print(text);
    last = text;
    const isOver = redrive.state !== "running" && redrive.state !== "paused";
    if (isOver) {
      if (deps.rewrite) deps.print("");
      if (redrive.state === "failed") throw new Error(`the redrive failed: ${redrive.error}`);
      return;
    }
    await sleep(FOLLOW_MS);
  }
}

/** Says in a line how far a redrive is, and what it waits for. */
export function describeProgress(redrive: Redrive): string {
  const { state, done, skipped, total, waiting_for: gate } = redrive;
  const waits = gate !== null && state === "running" ? `, waits for ${gate}` : "";
  return `${state}: ${done} of ${total} replayed, ${skipped} skipped${waits}`;
}

function bar({ state, done, skipped, total }: Redrive): string {
  const share = total === 0 || state === "done" ? 1 : Math.min(1, (done + skipped) / total);
  const filled = Math.round(share * BAR_WIDTH);
  return `[${"#".repeat(filled).padEnd(BAR_WIDTH, ".")}]`;
}
