import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** What has been read, how old it is, and why it is not newer. */
export interface Polled<T> {
  data: T | undefined;
  /** Epoch milliseconds of the last answer. */
  readAt: number | undefined;
  error: Error | undefined;
  /** Reads again now. */
  reload(): void;
}

/** How often a page reads again, in milliseconds. */
export const POLL_MS = 5_000;

type Load<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Reads at once, then again every `everyMs` after each answer; not while the page is hidden, and at once when it is
 * shown again. Another `key` means another thing is read: what was there is dropped.
 */
export function usePoll<T>(
  load: Load<T>,
  { key = "", everyMs = POLL_MS }: { key?: string; everyMs?: number } = {},
): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, "reload"> & { key: string }>({
    key,
    ...NOTHING,
  });
  const latest = useRef(load);
  latest.current = load;
  const wake = useRef<() => void>(() => {});

  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    let isAskedAgain = false;

    const read = async (): Promise<void> => {
      isReading = true;
      try {
        const data = await latest.current(signal);
        if (signal.aborted) return;
        setState({ key, data, readAt: Date.now(), error: undefined });
      } catch (error) {
        if (signal.aborted) return;
        setState((before) => ({
          ...(before.key === key ? before : NOTHING),
          key,
          error: error as Error,
        }));
      }
      isReading = false;
      next(isAskedAgain ? 0 : everyMs);
      isAskedAgain = false;
    };
    const next = (ms: number): void => {
      clearTimeout(timer);
      if (signal.aborted || document.hidden) return;
      timer = setTimeout(() => void read(), ms);
    };
    wake.current = () => {
      if (isReading) isAskedAgain = true;
      else next(0);
    };
    const onVisibility = (): void => {
      if (document.hidden) clearTimeout(timer);
      else wake.current();
    };
    document.addEventListener("visibilitychange", onVisibility);
    next(0);
    return () => {
      ended.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [key, everyMs]);

  const reload = useCallback(() => wake.current(), []);
  return state.key === key ? { ...state, reload } : { ...NOTHING, reload };
}

const NOTHING = { data: undefined, readAt: undefined, error: undefined } as const;
