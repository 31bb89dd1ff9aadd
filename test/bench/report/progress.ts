/** Says how far the bench has come, and ends it when it comes no further. */
export interface Progress extends Disposable {
  /** Writes a line to standard error. */
  log(line: string): void;
  elapsedMs(): number;
}

/**
 * No step of the bench is longer. Whatever is waited for has a limit of its own that says more; this is for what nobody
 * thought of, so that a bench that nobody watches ends as well.
 */
const STANDSTILL_MS = 5 * 60_000;

/** Starts the clock of a run. */
export function startProgress(): Progress {
  const startedAt = Date.now();
  const elapsedMs = (): number => Date.now() - startedAt;
  let last = "the start";
  const watchdog = setTimeout(() => {
    console.error(`nothing has happened for ${STANDSTILL_MS / 60_000} minutes after: ${last}`);
    // The hooks of the exit end every process that was started.
    process.exit(1);
  }, STANDSTILL_MS);
  return {
    elapsedMs,
    log(line) {
      last = line;
      watchdog.refresh();
      console.error(`[${String(Math.round(elapsedMs() / 1000)).padStart(3)} s] ${line}`);
    },
    [Symbol.dispose]: () => clearTimeout(watchdog),
  };
}
