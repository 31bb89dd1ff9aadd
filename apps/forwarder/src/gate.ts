import type { BreakerAnswer, BreakerState, CircuitBreaker } from "@mutt/circuit-breaker";
import { createOutageLog } from "@mutt/redis";
import type { Logger } from "@mutt/service";
import type { ForwarderMetrics } from "./metrics.ts";

/** The settings of the breaker in force. */
export interface BreakerSettings {
  threshold: number;
  timeoutMs: number;
}

/** The breaker as the deliveries of this process see it. */
export interface Gate {
  /** May this delivery be sent now? */
  enter(token: string): Promise<{ isAdmitted: boolean; isProbe: boolean; waitMs: number }>;
  succeeded(token: string): Promise<void>;
  failed(token: string, reason: string): Promise<void>;
  misconfigured(token: string, reason: string): Promise<void>;
  pause(token: string, ms: number): Promise<void>;
  release(token: string): Promise<void>;
  /** Looks where the breaker stands, for the metric of a process that has nothing to deliver. */
  refresh(): void;
}

/** What the gate needs. */
export interface GateDeps {
  breaker: CircuitBreaker;
  settings(): BreakerSettings;
  /** A probe that was not answered for longer than a request may take is given up. */
  probeTimeoutMs: number;
  metrics: ForwarderMetrics;
  logger: Logger;
  /** Called when deliveries may flow again, to wake the workers. */
  onClosed(): void;
}

/**
 * How long "closed" may be believed without asking, in milliseconds. Every result of this process brings the
 * newest state anyway; this bounds how late it learns what another replica found out.
 */
const BELIEF_MS = 250;

/** Makes the gate in front of the destination. */
export function createGate(deps: GateDeps): Gate {
  const { breaker, metrics, logger } = deps;
  const outage = createOutageLog(logger, "recording results in the circuit breaker");
  let known: { answer: BreakerAnswer; at: number } | undefined;

  function learn(answer: BreakerAnswer): BreakerAnswer {
    known = { answer, at: performance.now() };
    metrics.breaker(answer.state);
    if (answer.transition) report(answer, answer.transition);
    return answer;
  }

  /**
   * Records what came of a request. Its outcome stands, whether Redis takes the record or not: a delivery that
   * arrived must not go out again because of it.
   */
  async function record(result: Promise<BreakerAnswer>): Promise<void> {
    try {
      learn(await result);
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  }

  function report(answer: BreakerAnswer, entered: BreakerState): void {
    metrics.breakerTransition(entered);
    if (entered === "open") {
      logger.error("circuit breaker open: deliveries wait", { reason: answer.reason });
    } else {
      logger.info(`circuit breaker ${entered.replace("_", "-")}`);
    }
    if (entered === "closed") deps.onClosed();
  }

  function isBelievedClosed(): boolean {
    return (
      known !== undefined &&
      known.answer.state === "closed" &&
      known.answer.verdict === "go" &&
      performance.now() - known.at < BELIEF_MS
    );
  }

  return {
    async enter(token) {
      if (isBelievedClosed()) return { isAdmitted: true, isProbe: false, waitMs: 0 };
      const answer = learn(await breaker.admit(token, deps.probeTimeoutMs));
      const isProbe = answer.verdict === "probe";
      return { isAdmitted: isProbe || answer.verdict === "go", isProbe, waitMs: answer.waitMs };
    },
    async succeeded(token) {
      await record(breaker.succeeded(token));
    },
    async failed(token, reason) {
      await record(breaker.failed(token, { ...deps.settings(), reason }));
    },
    async misconfigured(token, reason) {
      const { timeoutMs } = deps.settings();
      await record(breaker.trip(token, { timeoutMs, reason: `destination_config: ${reason}` }));
    },
    async pause(token, ms) {
      await record(breaker.pause(token, ms));
    },
    async release(token) {
      await record(breaker.release(token));
    },
    refresh() {
      void breaker.read().then(learn, () => {});
    },
  };
}
