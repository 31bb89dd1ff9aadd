/** One question that a probe asks of the process. */
export interface Check {
  /** Shown in the answer, for example `redis`. */
  name: string;
  /**
   * Returns nothing when all is well, else a short sentence that says what is wrong; a throw counts
   * as its message. It has 1 s: whatever takes longer has failed. Nothing secret belongs in the text,
   * the probes are open to everybody.
   */
  check: () => string | undefined | Promise<string | undefined>;
}

/** The answer to one check. */
export interface CheckResult {
  name: string;
  ok: boolean;
  detail?: string;
}

const CHECK_LIMIT_MS = 1000;

/**
 * Prepares checks for repeated probing: the returned function runs all at once and answers within 1 s.
 * A check that has not come back from the last probe is not started again, so that a dependency
 * that hangs cannot pile up work.
 */
export function createCheckRunner(checks: readonly Check[]): () => Promise<CheckResult[]> {
  const underWay = new Map<Check, Promise<CheckResult>>();

  const start = (check: Check): Promise<CheckResult> => {
    const running = underWay.get(check);
    if (running) return running;
    const started = runCheck(check).finally(() => underWay.delete(check));
    underWay.set(check, started);
    return started;
  };

  return () => Promise.all(checks.map((check) => withinLimit(check.name, start(check))));
}

async function runCheck({ name, check }: Check): Promise<CheckResult> {
  try {
    const problem = await check();
    return problem === undefined ? { name, ok: true } : { name, ok: false, detail: problem };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function withinLimit(name: string, result: Promise<CheckResult>): Promise<CheckResult> {
  const { promise: late, resolve } = Promise.withResolvers<CheckResult>();
  const detail = `no answer within ${CHECK_LIMIT_MS} ms`;
  const timer = setTimeout(resolve, CHECK_LIMIT_MS, { name, ok: false, detail });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}
