/** The parts of a running process; disposing of it stops them in the reverse order of their start. */
export interface Parts extends AsyncDisposable {
  /** Takes a part into care and returns it. */
  use<T extends AsyncDisposable>(name: string, part: T): T;
  /** Takes into care whatever stops a part. */
  defer(name: string, stop: () => unknown): void;
  /** Names of the parts that have not stopped yet, the next one to stop first. */
  pending(): string[];
}

/** The one call of a logger that is needed here. */
interface PartsLog {
  error(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Makes an empty set of parts. Unlike the language's own `AsyncDisposableStack` the parts have names,
 * so that a stop that hangs can be told which one it hangs on, and a part that fails to stop is logged by name.
 * Stopping goes on to the rest and ends with one error that names the failed ones.
 */
export function createParts(logger: PartsLog): Parts {
  const stack: { name: string; stop: () => unknown }[] = [];
  let stopped: Promise<void> | undefined;

  const stopAll = async () => {
    const failed: string[] = [];
    for (let part = stack.at(-1); part; part = stack.at(-1)) {
      try {
        await part.stop();
      } catch (error) {
        failed.push(part.name);
        logger.error("a part did not stop cleanly", { part: part.name, error });
      }
      stack.pop();
    }
    if (failed.length > 0) throw new Error(`did not stop cleanly: ${failed.join(", ")}`);
  };

  const defer = (name: string, stop: () => unknown) => {
    // A part that comes up while the others go down would run on unseen.
    if (stopped) throw new Error(`${name} was started while the process stops`);
    stack.push({ name, stop });
  };

  return {
    use: (name, part) => {
      defer(name, () => part[Symbol.asyncDispose]());
      return part;
    },
    defer,
    pending: () => stack.map((part) => part.name).reverse(),
    [Symbol.asyncDispose]: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}
