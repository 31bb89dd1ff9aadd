import type { EventEmitter } from "node:events";
import type { Check } from "./checks.ts";
import type { Logger } from "./logger.ts";

/** The end of a process, as its parts see it. */
export interface Shutdown extends Disposable {
  /** Resolves with the first SIGTERM or SIGINT. */
  requested: Promise<NodeJS.Signals>;
  /** Aborted with that signal: take no new work. */
  stopping: AbortSignal;
  /** Aborted shortly before the deadline: give back what is in hand, it will not be finished. */
  giveBack: AbortSignal;
  /** Fails from the signal on: put it among the ready checks. */
  check: Check;
}

/** The part of Node's `process` that is used here. */
export type ProcessPort = Pick<EventEmitter, "on" | "off"> & { exit(code: number): unknown };

/** What the end of a process needs. */
export interface ShutdownOptions {
  /** From the signal to the end, in milliseconds. */
  timeoutMs: number;
  logger: Logger;
  /** Names what has not stopped yet, for the log line at the deadline. */
  pending?: () => string[];
  process?: ProcessPort;
}

const MARGIN_SHARE = 0.1;
/** The parts stop one after the other, and each may wait a quarter of a second for a Redis that does not answer. */
const SHORTEST_MARGIN_MS = 1000;

/**
 * Listens for SIGTERM and SIGINT, and for errors that nobody caught.
 *
 * From the first signal a deadline runs: work that never ends must not outlive the grace period of the
 * platform in silence. `giveBack` comes max(1 s, 10 %) before it, half-way when the time is shorter than
 * two seconds. At the deadline the process logs what is pending and exits 1. Further signals change nothing:
 * Ctrl-C reaches a child both from the terminal and from its supervisor.
 *
 * An uncaught exception leaves the process in a state nobody knows: it is logged and the process exits 1,
 * for a supervisor to start afresh. An unhandled rejection is one lost background promise, and nothing is
 * acknowledged before it is stored: it is logged and the process goes on.
 *
 * Disposing of it ends the deadline and the listening.
 */
export function untilShutdown(options: ShutdownOptions): Shutdown {
  const { timeoutMs, logger, process: node = process } = options;
  const requested = Promise.withResolvers<NodeJS.Signals>();
  const stopping = new AbortController();
  const giveBack = new AbortController();
  const timers: NodeJS.Timeout[] = [];

  const exit = async (code: number) => {
    await logger.flush();
    node.exit(code);
  };

  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) {
      logger.info("already stopping", { signal });
      return;
    }
    logger.info("stopping", { signal, timeout_ms: timeoutMs });
    timers.push(
      setTimeout(() => giveBack.abort(), timeoutMs - marginOf(timeoutMs)),
      setTimeout(() => {
        const pending = options.pending?.() ?? [];
        logger.error("not stopped in time, exiting", { signal, timeout_ms: timeoutMs, pending });
        void exit(1);
      }, timeoutMs),
    );
    stopping.abort();
    requested.resolve(signal);
  };
  const onException = (error: unknown) => {
    logger.error("uncaught exception, exiting", { error });
    void exit(1);
  };
  const onRejection = (error: unknown) => logger.error("unhandled rejection", { error });

  const listeners = {
    SIGTERM: onSignal,
    SIGINT: onSignal,
    uncaughtException: onException,
    unhandledRejection: onRejection,
  };
  for (const [event, listener] of Object.entries(listeners)) node.on(event, listener);

  return {
    requested: requested.promise,
    stopping: stopping.signal,
    giveBack: giveBack.signal,
    check: {
      name: "shutdown",
      check: () => (stopping.signal.aborted ? "the process is stopping" : undefined),
    },
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) node.off(event, listener);
    },
  };
}

function marginOf(timeoutMs: number): number {
  return Math.min(Math.max(SHORTEST_MARGIN_MS, timeoutMs * MARGIN_SHARE), timeoutMs / 2);
}
