import { configKeys } from "./config-keys.ts";
import { baseSettings, type Environment } from "./resolve-settings.ts";
import type { SettingKey, Settings } from "./settings.ts";
import { createSettingsState, type SettingsListener, type SettingsLog } from "./settings-state.ts";

/** The one command that is needed here; an ioredis connection has it. */
export interface SettingsReader {
  mget(...keys: string[]): Promise<(string | null)[]>;
}

/** What the watch over the settings needs. */
export interface DynamicConfigOptions {
  /** Best a connection whose commands fail fast. */
  redis: SettingsReader;
  prefix: string;
  env: Environment;
  logger: SettingsLog;
  /** Time between two readings, in milliseconds; 1000 when left out. */
  pollMs?: number;
  /** Called once for every stored text that cannot be used, to count it. */
  onInvalid?: (key: SettingKey) => void;
}

/** The run-time settings of a process. */
export interface DynamicConfig extends AsyncDisposable {
  /** The value in force; a look into memory. */
  get<K extends SettingKey>(key: K): Settings[K];
  /** All values in force; later changes leave this object as it is. */
  snapshot(): Settings;
  /** Calls the listener after every change; the returned function ends that. */
  onChange(listener: SettingsListener): () => void;
}

const POLL_MS = 1000;
/** A reading that takes longer counts as failed. */
const READ_LIMIT_MS = 1000;
/** How long the start waits for the first reading before it goes on with environment and defaults. */
const FIRST_READ_LIMIT_MS = 2000;
const FIRST_READ_RETRY_MS = 50;

/**
 * Starts to follow the run-time settings.
 *
 * What it does: one MGET of all keys every `pollMs`, so that whatever wrote a value, it is in force within
 * two seconds and no lost notice matters. A value of the environment holds where Redis has none, a default
 * where neither has.
 *
 * When Redis is away: the last good values stay in force, logged once per outage and once at its end; a
 * process that starts without it takes the environment and the defaults until Redis is back.
 *
 * A stored text that cannot be used, or a pair that breaks a rule across settings, leaves the last good
 * values in force, logged once per text and told to `onInvalid`. Rejects when the environment has such a value.
 */
export async function startDynamicConfig(options: DynamicConfigOptions): Promise<DynamicConfig> {
  const { redis, logger, pollMs = POLL_MS } = options;
  const state = createSettingsState(baseSettings(options.env), logger, options.onInvalid);
  const keys = configKeys(options.prefix);
  const outage = createOutage(logger);
  let underWay: Promise<string | undefined> | undefined;
  let stopped = false;

  /** Gives what went wrong, or nothing. */
  const read = async (): Promise<string | undefined> => {
    try {
      const texts = await redis.mget(...keys);
      if (!stopped) state.apply(texts);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  /** One reading at a time: on a connection that waits for Redis, commands would pile up through an outage. */
  const readInTime = (): Promise<string | undefined> => {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return withinLimit(underWay);
  };

  const until = performance.now() + FIRST_READ_LIMIT_MS;
  let problem = await readInTime();
  // A connection that has only just been opened refuses commands for some milliseconds.
  while (problem !== undefined && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, FIRST_READ_RETRY_MS));
    problem = await readInTime();
  }
  outage.note(problem);

  const poll = async () => {
    const result = await readInTime();
    if (!stopped) outage.note(result);
  };
  const timer = setInterval(() => void poll(), pollMs).unref();

  return {
    get: (key) => state.current()[key],
    snapshot: state.current,
    onChange: state.onChange,
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
    },
  };
}

async function withinLimit(reading: Promise<string | undefined>): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, READ_LIMIT_MS, `no answer within ${READ_LIMIT_MS} ms`);
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Logs the first failure of an outage and its end, and nothing in between. */
function createOutage(logger: SettingsLog) {
  let away = false;
  return {
    note(problem: string | undefined): void {
      const isAway = problem !== undefined;
      if (isAway === away) return;
      away = isAway;
      if (isAway) {
        const message = "settings cannot be read, the last good values stay in force";
        logger.warn(message, { detail: problem });
      } else {
        logger.info("settings can be read again");
      }
    },
  };
}
