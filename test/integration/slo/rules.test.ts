// The shipped rules under Prometheus' own tool, and whether their tests notice when a rule is wrong.
import { ensurePrometheus } from "@mutt/machine-packages";
import { type AlertRule, recordingRules } from "@mutt/slo";
import { ensureOrSkip } from "@mutt/testkit";
import { describe, expect, test } from "vitest";
import { mutantsOf } from "../../prometheus/mutants.ts";
import { runPromtool } from "../../prometheus/promtool.ts";
import { ALERT_RULES, type AlertCase, ruleTests, toYaml } from "../../prometheus/rule-tests.ts";
import { ALERT_CASES, PROMETHEUS_FILES } from "../../prometheus/test-files.ts";

const tools = await ensureOrSkip(ensurePrometheus, process.env.CI);
const promtool = tools?.promtool ?? "";

/** Each test of a rule evaluates minutes by the hundred. */
const LIMIT_MS = 600_000;

describe.skipIf(!tools)("promtool", () => {
  test("takes the rules as they are shipped", async () => {
    const rules = Object.keys(PROMETHEUS_FILES).filter((name) => !name.startsWith("tests/"));
    const { ok, output } = await runPromtool(promtool, PROMETHEUS_FILES, [
      "check",
      "rules",
      ...rules,
    ]);
    expect(ok, output).toBe(true);
    expect(output).toContain(`${ALERT_RULES.length} rules found`);
  });

  const tests = Object.keys(PROMETHEUS_FILES).filter((name) => name.startsWith("tests/"));
  test.each(tests)(
    "finds that the rules do what %s says",
    async (file) => {
      const { ok, output } = await runPromtool(promtool, PROMETHEUS_FILES, ["test", "rules", file]);
      expect(ok, output).toBe(true);
    },
    LIMIT_MS,
  );
});

describe.skipIf(!tools)("a mistake in a threshold, a comparison, a duration or a condition", () => {
  const isBurn = (rule: AlertRule) => rule.expr.includes("slo:");
  const groups: [string, readonly AlertRule[], readonly AlertCase[]][] = [
    [
      "the pipeline",
      ALERT_RULES.filter((rule) => !isBurn(rule)),
      ALERT_CASES.filter(({ alert }) =>
        ALERT_RULES.some((rule) => rule.alert === alert && !isBurn(rule)),
      ),
    ],
    ...[false, true].map((isLong): [string, AlertRule[], AlertCase[]] => [
      isLong ? "days of errors" : "hours of errors",
      ALERT_RULES.filter(isBurn).filter(({ labels }) => labels.tier?.startsWith("slow") === isLong),
      ALERT_CASES.filter(({ every }) => every > 1 === isLong),
    ]),
  ];

  test.each(groups)(
    "is noticed in the rules about %s",
    async (_what, rules, cases) => {
      const mutants = rules.flatMap((rule) =>
        mutantsOf(rule).map((mutant, index) => ({ ...mutant, of: rule, index })),
      );
      // All of them stand beside each other under names of their own, each expected to behave as the right one.
      const twins = mutants.map((mutant, index) => ({ ...mutant, alert: `Mutant${index}End` }));
      const files = {
        "recording.yml": toYaml(recordingRules()),
        "alerts.yml": toYaml({
          groups: [
            // A case expects every alert of its name, those of the other group too.
            { name: "right", rules: rules.some(isBurn) ? ALERT_RULES.filter(isBurn) : rules },
            { name: "wrong", rules: twins.map(({ alert, rule }) => ({ ...rule, alert })) },
          ],
        }),
        "tests.yml": ruleTests(
          ["alerts.yml", ...(rules.some(isBurn) ? ["recording.yml"] : [])],
          cases.filter(({ alert }) => rules.some((rule) => rule.alert === alert)),
          twins,
        ),
      };
      const { output } = await runPromtool(promtool, files, ["test", "rules", "tests.yml"]);
      expect(output).toContain("FAILED");
      expect(output).not.toContain("alertname: Mutt");
      const survivors = twins.filter(({ alert }) => !output.includes(`alertname: ${alert}`));
      expect(
        survivors.map(({ of, name }) => `${of.alert} ${JSON.stringify(of.labels)}: ${name}`),
      ).toEqual([]);
      expect(twins.length).toBeGreaterThan(10);
    },
    LIMIT_MS,
  );
});
