import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startLoad } from "../load/load.ts";
import { describeMachine } from "../report/machine.ts";
import { startSink } from "../sink/sink.ts";
import type { Study } from "./studies.ts";

/** Where studies leave their files; git ignores it. */
const KEPT_IN = ".bench";

/** Runs one study from start to report; progress goes to standard error. */
export async function runStudy(study: Study, { isQuick }: { isQuick: boolean }): Promise<string> {
  const startedAt = Date.now();
  await using load = await startLoad();
  await using sink = await startSink();
  const report = await study({
    bench: { load, sink },
    isQuick,
    log: (line) => console.error(`[${Math.round((Date.now() - startedAt) / 1000)} s] ${line}`),
    async keep(name, content) {
      await mkdir(KEPT_IN, { recursive: true });
      await writeFile(join(KEPT_IN, name), content);
      return join(KEPT_IN, name);
    },
  });
  const { cpu, cores, versions, loadBefore } = await describeMachine(undefined);
  const { node, redis, mutt } = versions;
  return `${cpu}, ${cores} cores, Node ${node}, Redis ${redis}, MUTT ${mutt}, load average ${loadBefore.toFixed(1)}\n\n${report}`;
}
