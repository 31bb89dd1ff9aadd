/** The one call of a logger that most parts need. */
export interface WarningLogger {
  warn(message: string, fields?: Record<string, unknown>): unknown;
}

/** The two calls of a logger that are needed here. */
interface OutageLogger extends WarningLogger {
  info(message: string, fields?: Record<string, unknown>): unknown;
}

/** Reports the first failure of an outage and its end, and nothing in between. */
export interface OutageLog {
  failed(error: unknown): void;
  succeeded(): void;
}

/** Makes an outage log for one thing; `what` is named in both lines. */
export function createOutageLog(logger: OutageLogger, what: string): OutageLog {
  let failing = false;
  return {
    failed(error) {
      if (failing) return;
      failing = true;
      const detail = error instanceof Error ? error.message : String(error);
      logger.warn(`${what}: failing`, { detail });
    },
    succeeded() {
      if (!failing) return;
      failing = false;
      logger.info(`${what}: working again`);
    },
  };
}

const REPEAT_MS = 30_000;

/**
 * Makes the listener for connection errors: each kind is logged once in 30 s, however many connections
 * report it and however often they try.
 */
export function createConnectionErrorLog(logger: OutageLogger): (error: Error) => void {
  const loggedAt = new Map<string, number>();
  return (error) => {
    const now = Date.now();
    // BullMQ's messages name jobs; what differs in an id alone is one kind.
    const kind = error.message.replace(/[\w~.-]*\d[\w~.-]*/g, "#");
    if (now - (loggedAt.get(kind) ?? 0) < REPEAT_MS) return;
    // A surprise must still not grow without end.
    if (loggedAt.size > 100) loggedAt.clear();
    loggedAt.set(kind, now);
    logger.warn("trouble with Redis", { detail: error.message });
  };
}
