import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPortFree } from "@mutt/private-redis";

/** Below the ports that Linux gives to outgoing connections (32768 on): one of those may take a port that was free. */
const FIRST = 20_000;
const LAST = 32_000;

/** So long a port is kept from the other test processes: a slow app may take that long until it listens. */
const RESERVED_MS = 60_000;

const RESERVATIONS = join(tmpdir(), "mutt-test-ports");

/** A loopback TCP port that nothing listens on, and that no other test is given for a minute. */
export async function freePort(): Promise<number> {
  await mkdir(RESERVATIONS, { recursive: true });
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if ((await reserve(port)) && (await isPortFree(port))) return port;
  }
}

/** Takes a port out of the lottery; false when somebody else has. */
async function reserve(port: number): Promise<boolean> {
  const file = join(RESERVATIONS, String(port));
  try {
    if (Date.now() - (await stat(file)).mtimeMs < RESERVED_MS) return false;
    await rm(file);
  } catch {
    // It was never reserved, or somebody does so right now: the next line decides.
  }
  return await writeFile(file, "", { flag: "wx" }).then(
    () => true,
    () => false,
  );
}
