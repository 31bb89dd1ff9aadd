import { readFile } from "node:fs/promises";
import type { Credentials } from "./credentials.ts";
import type { Settings } from "./settings.ts";

/** The keys of a stack: what its apps are given, and one of each kind to use here. */
export type Keys = {
  /** Variables for the ingestor and for the admin app, when they are not in the environment. */
  made: { INGEST_API_KEYS?: string; ADMIN_API_KEYS?: string };
  /** A secret that may send events. */
  ingest: string;
  /** A secret of the highest role there is. */
  admin: string;
  /** Key by role, of those that were made here and may be shown. */
  shown: { role: string; secret: string }[];
};

/**
 * Takes the keys that the environment gives and makes the rest from the credentials of the home.
 * Throws when a given list is empty or its file cannot be read.
 */
export async function keysOf(settings: Settings, credentials: Credentials): Promise<Keys> {
  const ingest = await givenKeys(settings, "INGEST_API_KEYS");
  const admin = await givenKeys(settings, "ADMIN_API_KEYS");
  const { ingest_key, admin_key, operator_key, viewer_key } = credentials;
  return {
    made: {
      ...(!ingest && { INGEST_API_KEYS: `local:${ingest_key}` }),
      ...(!admin && {
        ADMIN_API_KEYS: `admin:admin:${admin_key},operator:operator:${operator_key},viewer:viewer:${viewer_key}`,
      }),
    },
    ingest: ingest ? secretOf(ingest[0]) : ingest_key,
    admin: admin ? secretOf(admin.find(isAdmin) ?? admin[0]) : admin_key,
    shown: [
      ...(ingest ? [] : [{ role: "ingest", secret: ingest_key }]),
      ...(admin
        ? []
        : [
            { role: "admin", secret: admin_key },
            { role: "operator", secret: operator_key },
            { role: "viewer", secret: viewer_key },
          ]),
    ],
  };
}

type KeyEntry = string[];

/** The entries of a given list, split at their colons; undefined when none is given. */
async function givenKeys(
  settings: Settings,
  variable: "INGEST_API_KEYS" | "ADMIN_API_KEYS",
): Promise<KeyEntry[] | undefined> {
  const file = settings[`${variable}_FILE`];
  const list = settings[variable] ?? (file ? await readKeysFile(variable, file) : undefined);
  if (list === undefined) return undefined;
  const entries = list
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry && !entry.startsWith("#"))
    .map((entry) => entry.split(":"));
  if (entries.length === 0) throw new Error(`${variable} holds no key: give one, or unset it`);
  return entries;
}

async function readKeysFile(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`${variable}_FILE cannot be read: ${(error as Error).message}`);
  }
}

function secretOf(entry: KeyEntry | undefined): string {
  return entry?.at(-1) ?? "";
}

function isAdmin(entry: KeyEntry): boolean {
  return entry[1] === "admin";
}
