import type { SettingKey, Settings } from "./settings.ts";

/** Two settings that only make sense together: the first must be below the second. */
interface SettingRule {
  lower: SettingKey;
  upper: SettingKey;
}

/** No setting stands in two rules: going back on one pair cannot break another. */
const RULES: readonly SettingRule[] = [
  { lower: "alerter_queue_warn_threshold", upper: "alerter_queue_shed_threshold" },
];

/**
 * Lets the lower one of a pair, where nobody has set it, follow the upper one down: at most half of it. So one
 * threshold can be set alone.
 */
export function followPairs(settings: Settings, isSet: (key: SettingKey) => boolean): Settings {
  const followed: Record<SettingKey, unknown> = { ...settings };
  for (const { lower, upper } of RULES) {
    const [low, high] = [Number(settings[lower]), Number(settings[upper])];
    if (!isSet(lower) && low >= high) followed[lower] = Math.floor(high / 2);
  }
  return followed as Settings;
}

/** Lists the rules across settings that these values break, each with the keys it is about and a sentence that names the cure. */
export function brokenRules(settings: Settings): { keys: SettingKey[]; problem: string }[] {
  return RULES.flatMap(({ lower, upper }) => {
    const [low, high] = [Number(settings[lower]), Number(settings[upper])];
    if (low < high) return [];
    const problem =
      `${lower} (${low}) must be below ${upper} (${high}): ` +
      `lower ${lower} or raise ${upper} first`;
    return [{ keys: [lower, upper], problem }];
  });
}
