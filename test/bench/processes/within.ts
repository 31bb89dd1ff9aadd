/** How long something is waited for, in milliseconds, and what it is: a sentence without its full stop. */
export interface Limit {
  what: string;
  limitMs: number;
}

/** Waits for something, but not for ever: rejects with a message that names what was waited for. */
export async function within<T>(promise: Promise<T>, { what, limitMs }: Limit): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`waited ${Math.round(limitMs / 1000)} s in vain: ${what}`)),
    limitMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
