const NS_PER_MS = 1_000_000;

/** Milliseconds on the machine's monotonic clock: all processes of one machine read the same. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}
