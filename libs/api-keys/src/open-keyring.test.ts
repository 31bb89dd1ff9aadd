import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openKeyring } from "./open-keyring.ts";
import { parseAdminKeys, parseIngestKeys } from "./parse-keys.ts";

const S1 = "0123456789abcdef";
const S2 = "fedcba9876543210";
const S3 = "a-third-secret-0";
const variable = "INGEST_API_KEYS";

function createLog() {
  const lines: { message: string; detail: unknown }[] = [];
  const write = (message: string, fields?: Record<string, unknown>) =>
    void lines.push({ message, detail: fields?.detail });
  return { lines, info: write, error: write };
}

async function openFixed(keys: string) {
  return openKeyring({ variable, keys, parse: parseIngestKeys, logger: createLog() });
}

async function openFile(content: string, keys?: string) {
  const folder = await mkdtemp(join(tmpdir(), "mutt-keys-"));
  const file = join(folder, "keys");
  await writeFile(file, content);
  const logger = createLog();
  const keyring = await openKeyring({
    variable,
    keys,
    file,
    parse: parseIngestKeys,
    logger,
    pollMs: 10,
  });
  onTestFinished(async () => {
    await keyring[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const nameFor = (secret: string) => keyring.identify({ "x-api-key": secret })?.name;
  return { file, keyring, logger, nameFor };
}

describe("identify", () => {
  test("takes the key from X-API-KEY or from Authorization: Bearer", async () => {
    const keyring = await openFixed(`a:${S1},b:${S2}`);
    expect(keyring.identify({ "x-api-key": S2 })?.name).toBe("b");
    expect(keyring.identify({ authorization: `Bearer ${S1}` })?.name).toBe("a");
    expect(keyring.identify({ authorization: `bearer  ${S1} ` })?.name).toBe("a");
  });

  test("gives the role of an admin key and no secret", async () => {
    const keys = `ann:operator:${S1}`;
    const options = {
      variable: "ADMIN_API_KEYS",
      keys,
      parse: parseAdminKeys,
      logger: createLog(),
    };
    const keyring = await openKeyring(options);
    expect(keyring.identify({ "x-api-key": S1 })).toEqual({
      name: "ann",
      role: "operator",
      keyId: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test("lets X-API-KEY decide when both are there", async () => {
    const keyring = await openFixed(`a:${S1},b:${S2}`);
    expect(
      keyring.identify({ "x-api-key": "wrong", authorization: `Bearer ${S1}` }),
    ).toBeUndefined();
  });

  test.each([
    {},
    { "x-api-key": "" },
    { "x-api-key": S1.slice(1) },
    { "x-api-key": `${S1}0` },
    { "x-api-key": `${S1}, ${S1}` },
    { "x-api-key": [S1] },
    { "x-api-key": "\u00e9\u0000\ud800".repeat(6) },
    { "x-api-key": "x".repeat(100_000) },
    { authorization: S1 },
    { authorization: `Basic ${S1}` },
    { authorization: `Bearer ${S1} ${S1}` },
    { authorization: "Bearer" },
  ])(
    "finds nobody for the headers of case %#",
    async (headers: Record<string, string | string[]>) => {
      const keyring = await openFixed(`a:${S1},b:${S2}`);
      expect(keyring.identify(headers)).toBeUndefined();
    },
  );
});

describe("openKeyring", () => {
  test("refuses to start without keys and says which variables to set", async () => {
    const options = { variable, keys: " ", parse: parseIngestKeys, logger: createLog() };
    await expect(openKeyring(options)).rejects.toThrow(
      "no API key: set INGEST_API_KEYS, or INGEST_API_KEYS_FILE to a file that holds keys",
    );
  });

  test("names the variable of a bad list and never the secret", async () => {
    const attempt = openFixed("a:too-short");
    await expect(attempt).rejects.toThrow(
      "INGEST_API_KEYS: key 1 (a): its secret has 9 characters",
    );
    await expect(attempt).rejects.not.toThrow("too-short");
  });

  test("refuses a file that is not there", async () => {
    const options = {
      variable,
      file: "/nowhere/keys",
      parse: parseIngestKeys,
      logger: createLog(),
    };
    await expect(openKeyring(options)).rejects.toThrow(
      "INGEST_API_KEYS_FILE: the file cannot be read: ENOENT",
    );
  });

  test("takes the keys of the list and of the file together", async () => {
    const { nameFor } = await openFile(`b:${S2}\n`, `a:${S1}`);
    expect([nameFor(S1), nameFor(S2)]).toEqual(["a", "b"]);
  });

  test("follows the file: a new secret is taken and the old one is void", async () => {
    const { file, keyring, nameFor } = await openFile(`a:${S1}`);
    const former = keyring.identify({ "x-api-key": S1 })?.keyId ?? "";
    expect(keyring.find(former)?.name).toBe("a");
    await writeFile(file, `a:${S2}`);
    await vi.waitFor(() => expect(nameFor(S2)).toBe("a"), 5000);
    expect(nameFor(S1)).toBeUndefined();
    expect(keyring.find(former)).toBeUndefined();
  });

  test("follows a file that is replaced by another", async () => {
    const { file, nameFor } = await openFile(`a:${S1}`);
    await writeFile(`${file}.new`, `b:${S3}`);
    await rename(`${file}.new`, file);
    await vi.waitFor(() => expect(nameFor(S3)).toBe("b"), 5000);
  });

  test("keeps the last good keys while the file is bad or gone, and logs each trouble once", async () => {
    const { file, logger, nameFor } = await openFile(`a:${S1}`);
    await writeFile(file, "a:short");
    await vi.waitFor(() => expect(logger.lines).toHaveLength(1), 5000);
    await rm(file);
    await vi.waitFor(() => expect(logger.lines).toHaveLength(2), 5000);
    expect(nameFor(S1)).toBe("a");
    await writeFile(file, `b:${S2}`);
    await vi.waitFor(() => expect(nameFor(S2)).toBe("b"), 5000);
    expect(logger.lines.map((line) => line.message)).toEqual([
      "API keys not reloaded, the former ones stay in force",
      "API keys not reloaded, the former ones stay in force",
      "API keys reloaded",
    ]);
    expect(JSON.stringify(logger.lines)).not.toContain('short"');
  });
});
