export {
  resetSetting,
  type SeenSetting,
  type SettingAudit,
  type SettingChange,
  type SettingsDeps,
  setSetting,
} from "./change-settings.ts";
export { type ListSettingsDeps, listSettings, type SettingRow } from "./list-settings.ts";
export { SettingError, type SettingErrorReason } from "./setting-error.ts";
export type { SettingType, SettingValue } from "./setting-kinds.ts";
export {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  SETTINGS,
  type SettingKey,
  type Settings,
} from "./settings.ts";
export type { SettingsListener } from "./settings-state.ts";
export { settingsTable } from "./settings-table.ts";
export {
  type DynamicConfig,
  type DynamicConfigOptions,
  type SettingsReader,
  startDynamicConfig,
} from "./start-dynamic-config.ts";
