// Entry point of `npm run fuzz`: the properties of the ingest API and of the rule compiler, for many more cases than
// the tests have time for.
import { parseArgs } from "node:util";
import { startIngestor } from "./fuzz-ingestor.ts";
import { expectUnharmed, fuzzIngest } from "./ingest-property.ts";
import { fuzzRules } from "./rule-property.ts";

const USAGE = `npm run fuzz -- [options]
  --cases=N       cases of each property (default 100000)
  --only=NAME     ingest or rules, instead of both
  --seed=N        repeats a run whose seed was printed when it failed`;

const PROPERTIES = {
  rules: async (cases: number, seed: number | undefined) => fuzzRules(cases, seed),
  async ingest(cases: number, seed: number | undefined) {
    await using pipeline = await startIngestor();
    const counts = await fuzzIngest(pipeline, cases, seed);
    await expectUnharmed(pipeline);
    return counts;
  },
};

const { names, cases, seed } = readOptions();
for (const name of names) {
  const startedAt = performance.now();
  const counts = await PROPERTIES[name](cases, seed);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(`${name}: ${cases} cases in ${seconds} s, all as they should be\n${JSON.stringify(counts)}`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        cases: { type: "string", default: "100000" },
        only: { type: "string" },
        seed: { type: "string" },
      },
    });
    const all = Object.keys(PROPERTIES) as (keyof typeof PROPERTIES)[];
    const chosen = all.filter((name) => values.only === undefined || name === values.only);
    if (chosen.length === 0) throw new Error(`--only is ${values.only}; give ${all.join(" or ")}`);
    return {
      names: chosen,
      cases: wholeNumber("--cases", values.cases),
      seed: values.seed === undefined ? undefined : wholeNumber("--seed", values.seed),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^-?\d{1,10}$/.test(text)) throw new Error(`${option} is ${text}; give a whole number`);
  return Number(text);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
