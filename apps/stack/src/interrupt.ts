/** The wish of whoever started the stack that it ends. */
export type Interrupt = {
  /** Aborted by the first signal: drain and stop. */
  stop: AbortSignal;
  /** Aborted by a second one: stop without waiting. */
  force: AbortSignal;
};

/**
 * One Ctrl-C can arrive twice: from the terminal, and once more from npm, which passes signals on. What
 * comes within this time after the first is no second wish.
 */
const SAME_PRESS_MS = 1_000;

/** Listens for SIGINT, SIGTERM and the loss of the terminal; `now` is in milliseconds. */
export function listenForInterrupt(
  source: Pick<NodeJS.Process, "on"> = process,
  now: () => number = Date.now,
): Interrupt {
  const stop = new AbortController();
  const force = new AbortController();
  let firstAt: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    source.on(name, () => {
      firstAt ??= now();
      if (!stop.signal.aborted) stop.abort(new Error(`stopped by ${name}`));
      else if (now() - firstAt > SAME_PRESS_MS) force.abort();
    });
  }
  return { stop: stop.signal, force: force.signal };
}
