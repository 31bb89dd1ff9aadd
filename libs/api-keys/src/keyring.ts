import { hash, timingSafeEqual } from "node:crypto";
import type { IngestKey } from "./parse-keys.ts";

/** The headers of a request, as Node gives them: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whose key a request carries: what the key's entry says, without its secret. */
export type KeyIdentity<K extends IngestKey> = Omit<K, "secret"> & {
  /** Tells this secret from the name's former and later ones; safe to store, useless as a key. */
  keyId: string;
};

/** A fixed set of keys. */
export interface KeySet<K extends IngestKey> {
  identify(headers: Headers): KeyIdentity<K> | undefined;
  /** Finds the key that an earlier `identify` gave this id to, as long as it is there. */
  find(keyId: string): KeyIdentity<K> | undefined;
}

/** Above every secret that can be configured: longer ones need no digest to be told wrong. */
const LONGEST_GIVEN = 1024;

/**
 * Makes the set that recognises these keys.
 * The secret that is given is compared by SHA-256 digest with that of every key, each in constant time and
 * none left out, so that the time tells neither how much of a secret was right nor whose it was.
 */
export function createKeySet<K extends IngestKey>(keys: readonly K[]): KeySet<K> {
  const known = keys.map((key) => {
    const { secret, ...entry } = key;
    const identity: KeyIdentity<K> = { ...entry, keyId: keyIdOf(secret) };
    return { digest: digestOf(secret), identity };
  });

  return {
    identify(headers) {
      const given = givenSecret(headers);
      if (given === undefined || given.length > LONGEST_GIVEN) return undefined;
      const digest = digestOf(given);
      let found: KeyIdentity<K> | undefined;
      for (const key of known) {
        if (timingSafeEqual(digest, key.digest)) found = key.identity;
      }
      return found;
    },
    find: (keyId) => known.find(({ identity }) => identity.keyId === keyId)?.identity,
  };
}

/** `X-API-KEY` decides when it is there; else `Authorization: Bearer`. */
function givenSecret(headers: Headers): string | undefined {
  const key = headers["x-api-key"];
  if (typeof key === "string") return key;
  const authorization = headers.authorization;
  if (typeof authorization !== "string") return undefined;
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
}

function digestOf(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}

function keyIdOf(secret: string): string {
  // Another text than the bare secret, so that this is no piece of the digest that is compared.
  return hash("sha256", `mutt key id: ${secret}`, "hex").slice(0, 16);
}
