import {
  OVERLOAD_STATES,
  type Overload,
  type OverloadState,
  type ShedMode,
} from "@mutt/backpressure";
import { type Severity, severityName } from "@mutt/event";
import { Counter, Gauge, type Registry } from "prom-client";

/** What is shown of the overload and of what was shed. */
export interface OverloadMetrics {
  read(overload: Overload): void;
  entered(state: OverloadState): void;
  /** The depth could not be read for too long: nothing is shed. */
  failedOpen(): void;
  shed(mode: ShedMode, severities: Iterable<Severity>): void;
}

const SEVERITIES: readonly Severity[] = [0, 1, 2, 3, 4, 5, 6, 7];
const MODES: readonly ShedMode[] = ["dlq", "defer"];

/** Registers the metrics of the overload control, each label set at 0. */
export function createOverloadMetrics(registry: Registry): OverloadMetrics {
  const registers = [registry];
  const depth = new Gauge({
    name: "mutt_alerter_queue_depth",
    help: "Deliveries that wait for the forwarder: waiting, prioritized and delayed jobs",
    registers,
  });
  const oldestAge = new Gauge({
    name: "mutt_alerter_oldest_age_seconds",
    help: "Age of the delivery that waits longest for the forwarder",
    registers,
  });
  const drainRate = new Gauge({
    name: "mutt_alerter_drain_rate",
    help: "Deliveries a second that leave the alert queue, smoothed over about 10 s",
    registers,
  });
  const share = new Gauge({
    name: "mutt_alerter_shed_share",
    help: "Share of the events to be forwarded that is shed: 0 to 1",
    registers,
  });
  const state = new Gauge({
    name: "mutt_alerter_state",
    help: "1 for the state of the overload control that is in force",
    labelNames: ["state"],
    registers,
  });
  const transitions = new Counter({
    name: "mutt_alerter_state_transitions_total",
    help: "States that the overload control entered",
    labelNames: ["to"],
    registers,
  });
  const failedOpen = new Counter({
    name: "mutt_alerter_overload_failed_open_total",
    help: "Times that the depth could not be read for more than 5 s, so that nothing was shed",
    registers,
  });
  const shed = new Counter({
    name: "mutt_alerter_shed_events_total",
    help: "Events that were shed, by what became of them (dlq, defer) and by severity",
    labelNames: ["mode", "severity"],
    registers,
  });
  const show = (entered: OverloadState) => {
    for (const each of OVERLOAD_STATES) state.set({ state: each }, each === entered ? 1 : 0);
  };
  show("normal");
  for (const each of OVERLOAD_STATES) transitions.inc({ to: each }, 0);
  for (const mode of MODES) {
    for (const severity of SEVERITIES) shed.inc({ mode, severity: severityName(severity) }, 0);
  }
  return {
    read(overload) {
      depth.set(overload.depth);
      oldestAge.set(overload.oldestAgeSeconds);
      drainRate.set(overload.drainRate);
      share.set(overload.share);
      show(overload.state);
    },
    entered: (to) => transitions.inc({ to }),
    failedOpen: () => failedOpen.inc(),
    shed(mode, severities) {
      for (const severity of severities) shed.inc({ mode, severity: severityName(severity) });
    },
  };
}
