import type { Redis } from "ioredis";

/** Not under the pipeline's prefix: somebody else's data. */
const FILLER = "chaos-filler";

/** What is left for the last, small pieces. */
const LARGE_STEP = 256 * 1024;

const SMALL_STEP = 16 * 1024;

/**
 * Fills Redis until it takes no more; gives what takes the filler away again. A long value is made by writing its last
 * byte, which leaves the append-only file small.
 */
export async function fillMemory(client: Redis): Promise<() => Promise<void>> {
  const memory = await client.info("memory");
  const used = Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
  const limit = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1]);
  let keys = 0;
  const fill = (bytes: number) => client.setrange(`${FILLER}:${keys++}`, bytes, "x");
  const end = async (): Promise<void> => {
    for (let key = 0; key < keys; key++) await client.unlink(`${FILLER}:${key}`);
  };
  const large = limit - used - LARGE_STEP;
  try {
    if (large > 0) await fill(large);
    for (let step = 0; step < LARGE_STEP / SMALL_STEP; step++) await fill(SMALL_STEP);
  } catch (error) {
    if (!(error as Error).message.startsWith("OOM")) {
      await end();
      throw error;
    }
  }
  return end;
}
