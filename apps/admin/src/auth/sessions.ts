import { hash, randomBytes } from "node:crypto";
import type { AdminKey, KeyIdentity, Keyring } from "@mutt/api-keys";
import { recordAudit } from "@mutt/store";
import type { Redis } from "ioredis";

/** Whose key stands behind a request. */
export type Identity = KeyIdentity<AdminKey>;

/** A browser that is signed in. */
export interface Session {
  identity: Identity;
  /** What a write has to carry in a header. */
  csrfToken: string;
  expiresAt: Date;
}

/** The sessions of all replicas. */
export interface Sessions {
  /** Starts a session and gives its id, which is kept nowhere but with the browser. */
  start(identity: Identity): Promise<{ id: string; session: Session }>;
  /** Finds the session of an id; none when it has ended or its key is gone. */
  find(id: string): Promise<Session | undefined>;
  end(id: string, identity: Identity): Promise<void>;
}

/** What is kept of a session. */
interface StoredSession {
  key_id: string;
  csrf_token: string;
  expires_at: string;
}

/** A working day, in seconds. */
const SESSION_S = 12 * 3600;

/** Bytes of an id and of a token: 256 bits. */
const RANDOM_BYTES = 32;

/** A session's id as we make it: 32 bytes in base64url. */
const ID = /^[\w-]{43}$/;

/**
 * Keeps sessions in Redis under a digest of their id: who reads Redis cannot take one over. Each look asks the keyring
 * again, so that a session ends with its key.
 */
export function createSessions({
  redis,
  prefix,
  keyring,
}: {
  redis: Redis;
  prefix: string;
  keyring: Pick<Keyring<AdminKey>, "find">;
}): Sessions {
  const keyOf = (id: string) => `${prefix}:session:${hash("sha256", id, "hex")}`;
  const audit = recordAudit(prefix);
  const entry = (action: string, { name, role }: Identity) => ({
    actor: name,
    role,
    action,
    target: name,
    at: new Date().toISOString(),
  });
  return {
    async start(identity) {
      const id = randomBytes(RANDOM_BYTES).toString("base64url");
      const session: Session = {
        identity,
        csrfToken: randomBytes(RANDOM_BYTES).toString("base64url"),
        expiresAt: new Date(Date.now() + SESSION_S * 1000),
      };
      const stored: StoredSession = {
        key_id: identity.keyId,
        csrf_token: session.csrfToken,
        expires_at: session.expiresAt.toISOString(),
      };
      const transaction = redis.multi().set(keyOf(id), JSON.stringify(stored), "EX", SESSION_S);
      audit(transaction, entry("session.start", identity));
      await execute(transaction);
      return { id, session };
    },
    async find(id) {
      if (!ID.test(id)) return undefined;
      const text = await redis.get(keyOf(id));
      if (text === null) return undefined;
      const stored = JSON.parse(text) as StoredSession;
      const identity = keyring.find(stored.key_id);
      if (identity === undefined) return undefined;
      const expiresAt = new Date(stored.expires_at);
      return { identity, csrfToken: stored.csrf_token, expiresAt };
    },
    async end(id, identity) {
      const transaction = redis.multi().del(keyOf(id));
      audit(transaction, entry("session.end", identity));
      await execute(transaction);
    },
  };
}

async function execute(transaction: ReturnType<Redis["multi"]>): Promise<void> {
  for (const [error] of (await transaction.exec()) ?? []) if (error) throw error;
}
