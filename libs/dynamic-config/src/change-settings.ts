import type { ChainableCommander, Cluster, Redis } from "ioredis";
import { configChannel, configKey, configKeys } from "./config-keys.ts";
import { parseSettingKey, parseSettingValue } from "./parse-setting.ts";
import { baseSettings, type Environment, readStored } from "./resolve-settings.ts";
import { SettingError } from "./setting-error.ts";
import type { SettingValue } from "./setting-kinds.ts";
import { brokenRules, followPairs } from "./setting-rules.ts";
import type { SettingKey, Settings } from "./settings.ts";

/** One change of a setting, for the audit log. */
export interface SettingAudit {
  actor: string;
  action: "config.set" | "config.reset";
  /** The setting's key. */
  target: string;
  /** The value in force before and after. */
  old: SettingValue;
  new: SettingValue;
  reason?: string;
  /** ISO 8601. */
  at: string;
}

/** What a change of settings needs. */
export interface SettingsDeps {
  redis: Redis | Cluster;
  prefix: string;
  /** Of the process that makes the change: what holds where Redis has no value. */
  env: Environment;
  /** Adds the audit entry to the transaction that makes the change. */
  recordAudit: (transaction: ChainableCommander, entry: SettingAudit) => void;
}

/** A setting as it stood before a change. */
export interface SeenSetting {
  value: SettingValue;
  /** Whether Redis has a text for it. */
  isStored: boolean;
}

/** Who changes which setting, and why. */
interface ChangeBy {
  key: string;
  actor: string;
  reason?: string;
  /** Says whether the setting still is what the one who changes it has seen; left out, any is. */
  isSeen?: (stored: SeenSetting) => boolean;
}

/** A change that was made. */
export interface SettingChange {
  key: SettingKey;
  old: SettingValue;
  new: SettingValue;
}

/**
 * Puts a value in force in every process, for good: `value` is text as in the environment, or a JSON number
 * or boolean. The value, the notice and the audit entry are one transaction.
 * Rejects with a `SettingError` when the key does not exist, the value cannot be, or it breaks a rule with
 * another setting in force, and when it is not what `isSeen` wants.
 */
export async function setSetting(
  deps: SettingsDeps,
  change: ChangeBy & { value: unknown },
): Promise<SettingChange> {
  const key = parseSettingKey(change.key);
  const value = parseSettingValue(key, change.value);
  return applyChange(deps, { ...change, key, value });
}

/**
 * Takes a setting's value out of Redis, so that the environment's or the default holds again.
 * Rejects like `setSetting`. Without a value in Redis nothing changes and nothing is audited.
 */
export async function resetSetting(deps: SettingsDeps, change: ChangeBy): Promise<SettingChange> {
  return applyChange(deps, { ...change, key: parseSettingKey(change.key), value: undefined });
}

interface CheckedChange extends ChangeBy {
  key: SettingKey;
  /** None to take the value out of Redis. */
  value: SettingValue | undefined;
}

/** Changes by people collide rarely, and each attempt takes a few milliseconds. */
const MAX_ATTEMPTS = 10;
/** Whoever asked for the change is answered within two seconds. */
const CHANGE_LIMIT_MS = 1800;

async function applyChange(deps: SettingsDeps, change: CheckedChange): Promise<SettingChange> {
  const connection = ownConnection(deps.redis);
  const limit = setTimeout(() => connection.disconnect(), CHANGE_LIMIT_MS);
  try {
    await connection.connect();
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const made = await attemptChange(connection, deps, change);
      if (made) return made;
    }
    throw new Error("other changes kept coming in between");
  } catch (cause) {
    if (cause instanceof SettingError) throw cause;
    const message = `${change.key}: the change failed, list the settings to see what is in force`;
    throw new Error(message, { cause });
  } finally {
    clearTimeout(limit);
    connection.disconnect();
  }
}

/**
 * Opens a connection for one change: WATCH belongs to a connection, and on a shared one any other
 * transaction would end it.
 */
function ownConnection(redis: Redis | Cluster): Redis | Cluster {
  const options = { lazyConnect: true, enableOfflineQueue: true };
  const connection =
    "nodes" in redis
      ? redis.duplicate([], { ...options, clusterRetryStrategy: () => null })
      : redis.duplicate({ ...options, retryStrategy: () => null });
  // Each failure also rejects the command that met it.
  connection.on("error", () => {});
  return connection;
}

/** Gives nothing when another change came between reading and writing. */
async function attemptChange(
  redis: Redis | Cluster,
  deps: SettingsDeps,
  change: CheckedChange,
): Promise<SettingChange | undefined> {
  const { key, value, actor, reason } = change;
  const base = baseSettings(deps.env);
  const keys = configKeys(deps.prefix);
  await redis.watch(...keys);
  const { values, stored, problems } = readStored(await redis.mget(...keys), base);
  const made: SettingChange = { key, old: values[key], new: value ?? base.settings[key] };
  const isStored = stored.has(key) || problems.has(key);
  if (change.isSeen?.({ value: made.old, isStored }) === false) {
    throw new SettingError("stale", key, `${key} was changed since it was read: read it again`);
  }
  // A text that cannot be used is in Redis all the same, and a reset takes it out.
  if (value === undefined && !isStored) return made;
  const isSet = (other: SettingKey) => other === key || stored.has(other) || base.given.has(other);
  checkRules(key, followPairs({ ...values, [key]: made.new }, isSet));

  const transaction = redis.multi();
  const redisKey = configKey(deps.prefix, key);
  if (value === undefined) transaction.del(redisKey);
  else transaction.set(redisKey, String(value));
  transaction.publish(configChannel(deps.prefix), key);
  deps.recordAudit(transaction, {
    actor,
    action: value === undefined ? "config.reset" : "config.set",
    target: key,
    old: made.old,
    new: made.new,
    ...(reason !== undefined && { reason }),
    at: new Date().toISOString(),
  });
  const replies = await transaction.exec();
  const failure = replies?.find(([error]) => error)?.[0];
  if (failure) throw failure;
  return replies ? made : undefined;
}

function checkRules(key: SettingKey, settings: Settings): void {
  const broken = brokenRules(settings).find(({ keys }) => keys.includes(key));
  if (broken) throw new SettingError("conflict", key, broken.problem);
}
