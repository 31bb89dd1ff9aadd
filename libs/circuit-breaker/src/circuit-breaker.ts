import { createScript } from "@mutt/redis";
import type { Redis } from "ioredis";
import { BREAKER_LUA } from "./script.ts";

/** Closed lets everything through, open nothing, half-open one probe at a time. */
export type BreakerState = "closed" | "open" | "half_open";

/** What a caller may do now, and where the breaker stands after the call. */
export interface BreakerAnswer {
  /** `go`: send. `probe`: send, you are the only one. `wait`: do not send for `waitMs`. */
  verdict: "go" | "probe" | "wait";
  waitMs: number;
  state: BreakerState;
  /** The state that this call entered, if it changed it. */
  transition: BreakerState | undefined;
  /** Why it is open; empty otherwise. */
  reason: string;
}

/** One breaker for one destination, shared by all replicas through Redis. */
export interface CircuitBreaker {
  /** Asks to send. A probe that is never answered is given up after `probeTimeoutMs`. */
  admit(token: string, probeTimeoutMs: number): Promise<BreakerAnswer>;
  /** The destination answered as it should: ends a run of failures; a probe closes the breaker. */
  succeeded(token: string): Promise<BreakerAnswer>;
  /** The destination failed: opens at `threshold` failures in a row, or when it was the probe. */
  failed(
    token: string,
    options: { threshold: number; timeoutMs: number; reason: string },
  ): Promise<BreakerAnswer>;
  /** The destination is set up wrongly: opens at once, with the reason. */
  trip(token: string, options: { timeoutMs: number; reason: string }): Promise<BreakerAnswer>;
  /** The destination asked to wait: nobody sends until then, and this is no failure. */
  pause(token: string, ms: number): Promise<BreakerAnswer>;
  /** Gives a probe back without a result. */
  release(token: string): Promise<BreakerAnswer>;
  /** Closes it and forgets everything: an operator's decision. */
  reset(): Promise<BreakerAnswer>;
  /** Where it stands; changes nothing. */
  read(): Promise<BreakerAnswer>;
}

const script = createScript(BREAKER_LUA);

/** Makes the breaker of one destination; its state is the hash `<prefix>:breaker:<destination>`. */
export function createCircuitBreaker(
  redis: Redis,
  { prefix, destination }: { prefix: string; destination: string },
): CircuitBreaker {
  const key = `${prefix}:breaker:${destination}`;
  const call = async (...args: (string | number)[]): Promise<BreakerAnswer> =>
    parseAnswer(await script.run(redis, [key], args));
  return {
    admit: (token, probeTimeoutMs) => call("admit", token, probeTimeoutMs),
    succeeded: (token) => call("success", token),
    failed: (token, { threshold, timeoutMs, reason }) =>
      call("failure", token, threshold, timeoutMs, reason),
    trip: (token, { timeoutMs, reason }) => call("trip", token, timeoutMs, reason),
    pause: (token, ms) => call("pause", token, Math.ceil(ms)),
    release: (token) => call("release", token),
    reset: () => call("reset"),
    read: () => call("read"),
  };
}

function parseAnswer(reply: unknown): BreakerAnswer {
  const [verdict, waitMs, state, transition, reason] = reply as [
    BreakerAnswer["verdict"],
    number,
    BreakerState,
    BreakerState | "",
    string,
  ];
  return { verdict, waitMs, state, transition: transition || undefined, reason };
}
