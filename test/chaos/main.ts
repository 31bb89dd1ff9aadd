// Entry point: run seeds, print one line each; on failure print how to see what went wrong, and exit 1.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatFault } from "./faults/fault.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The traces of seeds that failed stay there. */
const traces = mkdtempSync(join(tmpdir(), "mutt-chaos-"));
const working = join(traces, "working");
mkdirSync(working);
// Whatever is started puts its files there.
process.env.TMPDIR = working;

const options = readOptions();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    // Runs after the hook that kills every process that was started.
    process.once("exit", () => rmSync(traces, { recursive: true, force: true, maxRetries: 3 }));
    process.exit(130);
  });
}

const failed: number[] = [];
for (const seed of options.seeds) {
  const directory = join(traces, `seed-${seed}`);
  const isClean = await runAndTell(seed, directory).catch((error: Error) => {
    print(`seed ${seed}: FAILED, the run broke off: ${error.stack}\nall traces: ${directory}`);
    return false;
  });
  if (!isClean) failed.push(seed);
  else if (!options.isKept) await rm(directory, { recursive: true });
}
await rm(working, { recursive: true, force: true });
if (options.seeds.length > 1) {
  print(`${options.seeds.length - failed.length} of ${options.seeds.length} seeds went well`);
}
if (failed.length > 0) {
  print(`again: npm run chaos -- --seed=${failed[0]} --seconds=${options.seconds}`);
  process.exitCode = 1;
} else if (!options.isKept) {
  await rm(traces, { recursive: true });
}

/** Says whether nothing was found. */
async function runAndTell(seed: number, directory: string): Promise<boolean> {
  const result = await runSeed({ seed, seconds: options.seconds, directory });
  const isClean = result.violations.length === 0;
  print(`seed ${seed}: ${isClean ? "ok" : "FAILED"}; ${result.summary}`);
  if (!isClean) await explain(result);
  return isClean;
}

async function explain({ violations, schedule, directory }: SeedResult): Promise<void> {
  print("what is wrong:");
  for (const { what, detail, ids } of violations) print(`  ${what}: ${detail} ${ids[0] ?? ""}`);
  print("what was done:");
  for (const fault of schedule) print(`  ${formatFault(fault)}`);
  print(await readFile(join(directory, "stories.txt"), "utf8"));
  print(`all traces: ${directory}`);
}

function readOptions(): Options {
  try {
    const parsed = parseOptions(process.argv.slice(2), Date.now());
    if (parsed) return parsed;
    print(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}
