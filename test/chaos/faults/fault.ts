import type { DeadLetterQueueName } from "@mutt/queues";
import type { Receiver } from "@mutt/receiver";
import type { AppName } from "@mutt/stack";

/** A connection that can be troubled: of one app to Redis, or of the forwarder to the receiver. */
export type LinkName = `redis:${AppName}` | "webhook";

/** How the receiver is told to behave. */
export type ReceiverMode = Parameters<Receiver["setMode"]>[0];

/** What is done to the pipeline. */
export type FaultAction =
  /** `kill -9`; started again when the fault ends. */
  | { kind: "kill"; app: AppName }
  /** SIGSTOP, and SIGCONT when the fault ends. */
  | { kind: "pause"; app: AppName }
  /** SIGTERM, as a rollout does it; started again when the fault ends. */
  | { kind: "stop"; app: AppName }
  /** A second process of the app, which is stopped or killed when the fault ends. */
  | { kind: "replica"; app: AppName; end: "stop" | "kill" }
  | { kind: "kill_redis" }
  | { kind: "pause_redis" }
  /** Filled to `maxmemory` with keys that are not ours. */
  | { kind: "fill_redis" }
  /** Connections are reset, new ones too. */
  | { kind: "cut"; link: LinkName }
  | { kind: "delay"; link: LinkName; ms: number }
  /** Nothing gets through and nothing is closed; what was open then goes on, or stays dead for good. */
  | { kind: "black_hole"; link: LinkName; resumes: boolean }
  | { kind: "receiver"; mode: ReceiverMode }
  | { kind: "setting"; key: string; value: string | number | boolean }
  /** Bull Board's button. */
  | { kind: "retry_all"; queue: DeadLetterQueueName }
  /** A rule that matches nothing comes, and goes when the fault ends: every alerter reads the book anew. */
  | { kind: "rule" };

/** One fault of a schedule; times are milliseconds. */
export type Fault = FaultAction & {
  /** Since the start of the fault phase. */
  atMs: number;
  /** From its beginning to its end. */
  holdMs: number;
};

/** What a fault needs for itself: two faults of one resource never overlap. */
export function resourceOf(fault: FaultAction): string {
  switch (fault.kind) {
    case "kill":
    case "pause":
    case "stop":
      return fault.app;
    case "replica":
      return `second ${fault.app}`;
    case "kill_redis":
    case "pause_redis":
    case "fill_redis":
      return "redis";
    case "cut":
    case "delay":
    case "black_hole":
      return fault.link;
    case "setting":
      return fault.key;
    case "retry_all":
      return `retry ${fault.queue}`;
    case "receiver":
    case "rule":
      return fault.kind;
    default: {
      const unreachable: never = fault;
      return unreachable;
    }
  }
}

/** A fault in one line, without its times. */
export function describeFault(fault: Fault): string {
  const { atMs: _at, holdMs: _hold, kind, ...rest } = fault;
  const details = Object.values(rest).map((value) =>
    typeof value === "object" ? JSON.stringify(value) : String(value),
  );
  return [kind, ...details].join(" ");
}

/** A fault in one line, with its times in seconds. */
export function formatFault(fault: Fault): string {
  const at = (fault.atMs / 1000).toFixed(1).padStart(6);
  return `${at} s  ${describeFault(fault)}  (${(fault.holdMs / 1000).toFixed(1)} s)`;
}
