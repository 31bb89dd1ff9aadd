import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startLoad } from "../load/load.ts";
import type { Options } from "../options.ts";
import { formatAims } from "../report/judge.ts";
import { describeMachine, formatMachine } from "../report/machine.ts";
import { startProgress } from "../report/progress.ts";
import { startSink } from "../sink/sink.ts";
import { findAlertmanager } from "../systems/alertmanager.ts";
import { STUDIES, type StudyName } from "./studies.ts";

/** Where studies leave their files; git ignores it. */
const KEPT_IN = ".bench";

/** Runs one study from start to report, which is ready to be pasted; progress goes to standard error. */
export async function runStudy(name: StudyName, options: Options): Promise<string> {
  const startedAt = new Date().toISOString();
  using progress = startProgress();
  const alertmanager = await findAlertmanager();
  const machine = await describeMachine(alertmanager);
  await using load = await startLoad();
  await using sink = await startSink();
  const { text, aims } = await STUDIES[name]({
    bench: { load, sink },
    alertmanager,
    isQuick: options.isQuick,
    rounds: options.rounds,
    minutes: options.minutes,
    log: progress.log,
    keep: keepFile,
  });
  const seconds = Math.round(progress.elapsedMs() / 1000);
  const note = options.isQuick ? "; quick: figures not to be quoted" : "";
  const parts = [
    `${formatMachine(machine)}\nRun         ${name}, ${startedAt}, ${seconds} s; every process shares the cores${note}`,
    text,
  ];
  if (aims.length > 0) parts.push(formatAims(aims));
  return parts.join("\n\n");
}

/** Writes a file for people to look at; gives its path. */
export async function keepFile(name: string, content: string): Promise<string> {
  await mkdir(KEPT_IN, { recursive: true });
  await writeFile(join(KEPT_IN, name), content);
  return join(KEPT_IN, name);
}
