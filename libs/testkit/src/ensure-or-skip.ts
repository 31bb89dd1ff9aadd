/**
 * Asks for a program that a test needs. Where it cannot be had: throws in a CI run (`ci` set to the variable CI),
 * else says why on stderr and gives `undefined`, for the tests to be skipped.
 */
export async function ensureOrSkip<T>(
  ensure: (options: { log: (line: string) => void }) => Promise<T>,
  ci: string | undefined,
): Promise<T | undefined> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    return await ensure({ log });
  } catch (error) {
    if (ci) throw error;
    log(`tests are skipped: ${(error as Error).message}`);
    return undefined;
  }
}
