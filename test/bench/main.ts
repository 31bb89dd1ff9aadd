// Entry point: measure MUTT beside its peers in one run, print the report, leave nothing behind.
import { writeFile } from "node:fs/promises";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { useTempDir } from "./processes/temp-dir.ts";
import { judgeAims } from "./report/aims.ts";
import { plotComparison } from "./report/comparison-plot.ts";
import { formatReport } from "./report/report.ts";
import { runBench, runProfile } from "./run-bench.ts";
import { keepFile, runStudy } from "./studies/run-study.ts";

// Ends everything that was started, by the exit hooks.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const options = readOptions();
useTempDir();
if (options.profile !== undefined) {
  console.log(await runProfile(options, options.profile));
} else {
  if (options.hasComparison) await compareAll();
  for (const study of options.studies) console.log(`\n${await runStudy(study, options)}`);
}

async function compareAll(): Promise<void> {
  const results = await runBench(options);
  const aims = judgeAims(results);
  console.log(`\n${formatReport(results, aims)}`);
  console.log(`\nPlot: ${await keepFile("comparison.svg", plotComparison(results))}`);
  if (options.jsonFile !== undefined) {
    await writeFile(options.jsonFile, `${JSON.stringify({ ...results, aims }, undefined, 2)}\n`);
  }
}

function readOptions(): Options {
  try {
    const parsed = parseOptions(process.argv.slice(2));
    if (parsed) return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}
