// The files of rules and tests that are shipped, by name.
import { alertRules, recordingRules } from "@mutt/slo";
import { BURN_CASES } from "./burn-cases.ts";
import { PIPELINE_CASES } from "./pipeline-cases.ts";
import { type AlertCase, ruleTests, toYaml } from "./rule-tests.ts";

/** Every case there is. */
export const ALERT_CASES: readonly AlertCase[] = [...BURN_CASES, ...PIPELINE_CASES];

const RULES = ["recording-rules.yml", "alerts.yml"];

const HEAD = "# Made from the table in libs/slo; a test keeps it up to date.";

const ofSteps = (isLong: boolean) => BURN_CASES.filter(({ every }) => every > 1 === isLong);

/** The content of each file under docs/prometheus. */
export const PROMETHEUS_FILES: Readonly<Record<string, string>> = {
  "recording-rules.yml": `${HEAD}\n${toYaml(recordingRules())}`,
  "alerts.yml": `${HEAD} Needs recording-rules.yml.\n${toYaml(alertRules())}`,
  "tests/burn.yml": `${HEAD}\n${ruleTests(fromTests(RULES), ofSteps(false))}`,
  "tests/slow-burn.yml": `${HEAD}\n${ruleTests(fromTests(RULES), ofSteps(true))}`,
  "tests/pipeline.yml": `${HEAD}\n${ruleTests(fromTests(["alerts.yml"]), PIPELINE_CASES)}`,
};

function fromTests(files: readonly string[]): string[] {
  return files.map((file) => `../${file}`);
}
