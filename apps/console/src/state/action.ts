import { useCallback, useState } from "preact/hooks";

/** Something a person can set off, with how it went. */
export interface Action<Args extends unknown[]> {
  run(...args: Args): Promise<boolean>;
  isBusy: boolean;
  error: Error | undefined;
}

/** Wraps a change: busy while it runs, its error kept to be shown. `run` says whether it was done. */
export function useAction<Args extends unknown[]>(
  act: (...args: Args) => Promise<unknown>,
): Action<Args> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const run = async (...args: Args): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      await act(...args);
      return true;
    } catch (failure) {
      setError(failure as Error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run: useCallback(run, [act]), isBusy, error };
}
