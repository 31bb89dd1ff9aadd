import { randomBytes } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { z } from "zod";
import { writePrivateFile } from "./private-file.ts";

/** 24 bytes are beyond guessing; as hexadecimal they need no quoting anywhere. */
const newSecret = (): string => randomBytes(24).toString("hex");

const secret = z.string().min(32).default(newSecret);

const Credentials = z.object({
  ingest_key: secret,
  admin_key: secret,
  operator_key: secret,
  viewer_key: secret,
  /** What the forwarder shows to the local receiver. */
  moog_api_key: secret,
  redis_password: secret,
  /** Where the private Redis last listened. */
  redis_port: z.number().int().min(1).max(65_535).optional(),
});

/** The secrets of one home, made at its first start and kept. */
export type Credentials = z.infer<typeof Credentials>;

/**
 * Reads the credentials of a home and makes those that are missing, the file included (mode 0600).
 * Throws one sentence with the cure when the file is not what this wrote.
 */
export async function loadCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw new Error(`${file} cannot be read: ${error.message}`);
  });
  const credentials = parse(file, text);
  if (JSON.stringify(credentials) === text.trim()) await chmod(file, 0o600);
  else await saveCredentials(file, credentials);
  return credentials;
}

/** Writes the credentials of a home. */
export async function saveCredentials(file: string, credentials: Credentials): Promise<void> {
  await writePrivateFile(file, `${JSON.stringify(credentials, undefined, 2)}\n`);
}

function parse(file: string, text: string): Credentials {
  const cure = "mend it, or delete it and new keys are made";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON: ${cure}`);
  }
  const result = Credentials.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${file}: ${issue?.path.join(".")}: ${issue?.message}: ${cure}`);
}
