/** The error of work that took too long. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/**
 * Waits for work, but no longer than `limitMs` milliseconds: then it rejects with a `DeadlineError`.
 * The work itself is not ended by that; how it goes on to end is of no more interest.
 */
export async function withDeadline<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DeadlineError(`no answer within ${limitMs} ms`)),
    limitMs,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
