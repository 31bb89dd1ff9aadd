import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createKeySet, type KeySet } from "./keyring.ts";
import { ApiKeyError, checkDistinct, type IngestKey } from "./parse-keys.ts";

/** The two calls of a logger that are needed here. */
interface KeyringLog {
  info(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Where the keys come from. With both a list and a file, the keys of both are valid. */
export interface KeyringOptions<K extends IngestKey> {
  /** The variable that gives the list, such as `INGEST_API_KEYS`; its twin with `_FILE` names a file. */
  variable: string;
  keys?: string | undefined;
  file?: string | undefined;
  /** `parseIngestKeys` or `parseAdminKeys`. */
  parse: (text: string) => K[];
  logger: KeyringLog;
  /** How often the file is looked at, in milliseconds; 1000 when left out. */
  pollMs?: number;
}

/** The keys in force; disposing of it ends the watch over the file. */
export interface Keyring<K extends IngestKey> extends KeySet<K>, AsyncDisposable {}

const POLL_MS = 1000;
/** Between the two looks that a changed file gets: one that is being written must not be taken half. */
const SETTLE_MS = 100;

/**
 * Opens the keys of an app and follows the file they are in.
 *
 * The file's content is read every second, whatever its times say: mounted secrets are swapped by link.
 * A content that cannot be used, or a file that is gone, leaves the last good keys in force and is logged once.
 * Rejects with an `ApiKeyError` that names the variables when there is no key or one cannot be used.
 */
export async function openKeyring<K extends IngestKey>(
  options: KeyringOptions<K>,
): Promise<Keyring<K>> {
  const { variable, file, logger, pollMs = POLL_MS } = options;
  const fixed = fixedKeys(options);
  if (!file) {
    const set = createKeySet(fixed);
    return { ...set, [Symbol.asyncDispose]: async () => {} };
  }

  const load = (text: string): KeySet<K> => {
    const keys = [...fixed, ...options.parse(text)];
    checkDistinct(keys);
    return createKeySet(keys);
  };
  let text = await readFirst(file, variable);
  let set = named(`${variable}_FILE`, () => load(text));
  let problem: string | undefined;
  const stop = new AbortController();

  const look = async () => {
    const read = await readFile(file, "utf8");
    if (read === text) return;
    await delay(SETTLE_MS, undefined, { signal: stop.signal });
    if ((await readFile(file, "utf8")) !== read) return;
    set = load(read);
    text = read;
    logger.info("API keys reloaded", { variable: `${variable}_FILE` });
  };

  const watch = async () => {
    for (;;) {
      await delay(pollMs, undefined, { signal: stop.signal, ref: false });
      try {
        await look();
        problem = undefined;
      } catch (error) {
        stop.signal.throwIfAborted();
        const detail = messageOf(error);
        if (detail === problem) continue;
        problem = detail;
        logger.error("API keys not reloaded, the former ones stay in force", {
          variable: `${variable}_FILE`,
          detail,
        });
      }
    }
  };
  // It only ends by the abort of `stop`.
  const watching = watch().catch(() => {});

  return {
    identify: (headers) => set.identify(headers),
    find: (keyId) => set.find(keyId),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await watching;
    },
  };
}

function fixedKeys<K extends IngestKey>({ variable, keys, file, parse }: KeyringOptions<K>): K[] {
  if (keys?.trim()) return named(variable, () => parse(keys));
  if (file) return [];
  throw new ApiKeyError(
    `no API key: set ${variable}, or ${variable}_FILE to a file that holds keys`,
  );
}

async function readFirst(file: string, variable: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new ApiKeyError(`${variable}_FILE: the file cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function named<T>(variable: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ApiKeyError(`${variable}: ${messageOf(cause)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
