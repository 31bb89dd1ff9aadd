import { chmod, rename, writeFile } from "node:fs/promises";

/** Writes a file that only its owner may read, in one step: a reader sees the old or the new text. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode: 0o600 });
  // An older draft of the same name would have kept its mode.
  await chmod(draft, 0o600);
  await rename(draft, file);
}
