import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Fault } from "../faults/fault.ts";
import type { Evidence, Violation } from "../judge/evidence.ts";
import type { Stack } from "../stack/stack.ts";
import { readAppendOnlyFiles } from "./append-only-file.ts";
import { formatStory } from "./story.ts";
import type { Timeline } from "./timeline.ts";

/** Events whose story is told, of each violation. */
const STORIES = 3;

/** What is kept of a failed run. */
export interface Traces {
  violations: readonly Violation[];
  evidence: Evidence;
  timeline: Timeline;
  schedule: readonly Fault[];
  directory: string;
}

/** Writes the logs of all processes, what was sent, and the story of events that something is wrong with. */
export async function keepTraces(stack: Stack, traces: Traces): Promise<void> {
  const { violations, evidence, timeline, directory } = traces;
  const processes = stack.processes.all().map((app, index) => ({
    name: `${app.name}-${index}-${app.pid}`,
    log: app.logs(),
  }));
  for (const { name, log } of processes) await writeFile(join(directory, `${name}.log`), log);
  const requests = evidence.requests.map((request) => JSON.stringify(request));
  await writeFile(join(directory, "requests.ndjson"), `${requests.join("\n")}\n`);
  const commands = await readAppendOnlyFiles(stack.client);
  const ids = new Set(violations.flatMap((violation) => violation.ids.slice(0, STORIES)));
  const stories = [...ids].map((id) =>
    formatStory(id, { evidence, timeline, processes, commands, receiver: stack.receiver }),
  );
  await writeFile(join(directory, "stories.txt"), `${stories.join("\n\n")}\n`);
}
