import type { SettingKey, Settings } from "./settings.ts";

/** Two settings that only make sense together. */
interface SettingRule {
  lower: SettingKey;
  upper: SettingKey;
  /** Whether both may be the same. */
  orEqual: boolean;
}

/** No setting stands in two rules: going back on one pair cannot break another. */
const RULES: readonly SettingRule[] = [
  { lower: "alerter_queue_warn_threshold", upper: "alerter_queue_shed_threshold", orEqual: false },
  { lower: "slo_burn_rate_warning", upper: "slo_burn_rate_critical", orEqual: false },
  { lower: "moog_retry_base_ms", upper: "moog_retry_max_ms", orEqual: true },
];

/** Lists the rules across settings that these values break, each with the keys it is about and a sentence that names the cure. */
export function brokenRules(settings: Settings): { keys: SettingKey[]; problem: string }[] {
  return RULES.flatMap(({ lower, upper, orEqual }) => {
    const [low, high] = [Number(settings[lower]), Number(settings[upper])];
    if (low < high || (orEqual && low === high)) return [];
    const relation = orEqual ? "at most" : "below";
    const problem =
      `${lower} (${low}) must be ${relation} ${upper} (${high}): ` +
      `lower ${lower} or raise ${upper} first`;
    return [{ keys: [lower, upper], problem }];
  });
}
