import { type Page, readPage } from "./paging.ts";
import { requestBody } from "./request.ts";

/** A value of a setting. */
export type SettingValue = string | number | boolean;

/** One run-time setting. */
export interface Setting {
  key: string;
  /** The value in force. */
  value: SettingValue;
  default: SettingValue;
  source: "redis" | "environment" | "default";
  type: string;
  /** What may be given, in words. */
  allowed: string;
  unit: string;
  description: string;
  /** Why the text in Redis is not in force, where it cannot be. */
  problem?: string;
}

/** One change of a setting. */
export interface SettingChange {
  /** ISO 8601. */
  at: string;
  actor: string;
  action: string;
  /** The setting's key. */
  target: string;
  old?: SettingValue;
  new?: SettingValue;
  reason?: string;
}

/** Reads all settings in the order of the documentation. */
export async function readSettings(signal?: AbortSignal): Promise<Setting[]> {
  return (await readPage<Setting>("api/v1/config", { limit: 200 }, signal)).items;
}

/** Reads the changes of one setting, or of all, the newest first. */
export function readSettingHistory(
  key: string | undefined,
  signal?: AbortSignal,
): Promise<Page<SettingChange>> {
  return readPage<SettingChange>("api/v1/config/history", { key, limit: 20 }, signal);
}

/** Puts a value in force in every process. */
export function changeSetting(key: string, value: SettingValue, reason: string): Promise<void> {
  return requestBody<void>(`api/v1/config/${key}`, { method: "PUT", body: { value, reason } });
}

/** Puts the environment's value, or the default, back in force. */
export function resetSetting(key: string, reason: string): Promise<void> {
  return requestBody<void>(`api/v1/config/${key}`, { method: "DELETE", body: { reason } });
}
