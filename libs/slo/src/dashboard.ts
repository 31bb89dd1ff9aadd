import { COMPONENTS, SLOS } from "./objectives.ts";
import { badSeries } from "./promql.ts";
import {
  RECORDED_BUDGET,
  RECORDED_REMAINING,
  RECORDED_TARGET,
  recordedRatio,
} from "./recording-rules.ts";

/** A line of a panel. */
interface Line {
  expr: string;
  legend: string;
}

/** A panel, before it is written as Grafana reads it. */
interface Panel {
  title: string;
  kind: "stat" | "timeseries";
  unit: string;
  lines: Line[];
}

/** A heading with the panels below it. */
interface Section {
  title: string;
  panels: Panel[];
}

const DATASOURCE = { type: "prometheus", uid: "$datasource" };

/** Grafana's grid is 24 wide. */
const WIDTH = { stat: 6, timeseries: 12 } as const;
const HEIGHT = { stat: 4, timeseries: 8 } as const;
const GRID = 24;

const SECTIONS: readonly Section[] = [
  {
    title: "Objectives",
    panels: [
      ...COMPONENTS.map((component) => SLOS[component]).flatMap((slo): Panel[] => [
        {
          title: `${slo.name}: budget left`,
          kind: "stat",
          unit: "percentunit",
          lines: [{ expr: `${RECORDED_REMAINING}{slo="${slo.name}"}`, legend: "left" }],
        },
        {
          title: `${slo.name}: availability against target`,
          kind: "stat",
          unit: "percentunit",
          lines: [
            { expr: `1 - ${recordedRatio("30d")}{slo="${slo.name}"}`, legend: "30 days" },
            { expr: `${RECORDED_TARGET}{slo="${slo.name}"}`, legend: "target" },
          ],
        },
      ]),
      {
        title: "Burn rate over 1 h and 5 min",
        kind: "timeseries",
        unit: "none",
        lines: ["1h", "5m"].map((window) => ({
          expr: `max by (slo) (${recordedRatio(window)}) / on (slo) ${RECORDED_BUDGET}`,
          legend: `{{slo}} ${window}`,
        })),
      },
      {
        title: "Bad events a second",
        kind: "timeseries",
        unit: "short",
        lines: COMPONENTS.map((component) => ({
          expr: `sum(rate(${badSeries(SLOS[component])}[5m]))`,
          legend: SLOS[component].name,
        })),
      },
    ],
  },
  {
    title: "Ingest",
    panels: [
      {
        title: "Requests a second by reason",
        kind: "timeseries",
        unit: "reqps",
        lines: [
          { expr: "sum by (reason) (rate(mutt_ingest_requests_total[5m]))", legend: "{{reason}}" },
        ],
      },
      {
        title: "Events a second",
        kind: "timeseries",
        unit: "short",
        lines: [
          { expr: "sum by (outcome) (rate(mutt_ingest_events_total[5m]))", legend: "{{outcome}}" },
        ],
      },
      {
        title: "Time to the answer (99th percentile)",
        kind: "timeseries",
        unit: "s",
        lines: [quantile("mutt_ingest_request_duration_seconds")],
      },
      {
        title: "Events waiting for the alerter",
        kind: "timeseries",
        unit: "short",
        lines: [{ expr: "max(mutt_ingest_queue_depth)", legend: "events" }],
      },
    ],
  },
  {
    title: "Alerter and overload",
    panels: [
      {
        title: "Events a second by outcome",
        kind: "timeseries",
        unit: "short",
        lines: [
          { expr: "sum by (outcome) (rate(mutt_alerter_events_total[5m]))", legend: "{{outcome}}" },
        ],
      },
      {
        title: "Deliveries waiting",
        kind: "timeseries",
        unit: "short",
        lines: [{ expr: "max(mutt_alerter_queue_depth)", legend: "deliveries" }],
      },
      {
        title: "Age of the oldest delivery",
        kind: "timeseries",
        unit: "s",
        lines: [{ expr: "max(mutt_alerter_oldest_age_seconds)", legend: "oldest" }],
      },
      {
        title: "Overload state",
        kind: "timeseries",
        unit: "none",
        lines: [{ expr: "max by (state) (mutt_alerter_state)", legend: "{{state}}" }],
      },
    ],
  },
  {
    title: "Delivery",
    panels: [
      {
        title: "Alerts a second by outcome",
        kind: "timeseries",
        unit: "short",
        lines: [
          {
            expr: "sum by (outcome, origin) (rate(mutt_forward_alerts_total[5m]))",
            legend: "{{outcome}} {{origin}}",
          },
        ],
      },
      {
        title: "Requests a second by reason",
        kind: "timeseries",
        unit: "reqps",
        lines: [
          { expr: "sum by (reason) (rate(mutt_moog_requests_total[5m]))", legend: "{{reason}}" },
        ],
      },
      {
        title: "From acceptance to delivery (99th percentile)",
        kind: "timeseries",
        unit: "s",
        lines: [quantile("mutt_forward_e2e_seconds")],
      },
      {
        title: "Circuit breaker",
        kind: "timeseries",
        unit: "none",
        lines: [{ expr: "max by (state) (mutt_circuit_breaker_state)", legend: "{{state}}" }],
      },
    ],
  },
  {
    title: "Dead letters and Redis",
    panels: [
      {
        title: "Dead letters by queue",
        kind: "timeseries",
        unit: "short",
        lines: [{ expr: "max by (queue) (mutt_remediation_dlq_depth)", legend: "{{queue}}" }],
      },
      {
        title: "Replays a minute",
        kind: "timeseries",
        unit: "short",
        lines: [
          {
            expr: "60 * sum(rate(mutt_remediation_replay_success_total[5m]))",
            legend: "delivered",
          },
          {
            expr: "60 * sum(rate(mutt_remediation_replay_fail_total[5m]))",
            legend: "failed again",
          },
        ],
      },
      {
        title: "Memory of Redis in use",
        kind: "timeseries",
        unit: "percentunit",
        lines: [{ expr: "max(mutt_redis_memory_ratio)", legend: "used" }],
      },
      {
        title: "Jobs by queue and state",
        kind: "timeseries",
        unit: "short",
        lines: [{ expr: "max by (queue, state) (mutt_queue_jobs)", legend: "{{queue}} {{state}}" }],
      },
    ],
  },
];

/** The content of docs/grafana/mutt.json: one page, for a Grafana that is asked for its Prometheus on import. */
export function dashboard(): Record<string, unknown> {
  return {
    title: "MUTT",
    uid: "mutt-pipeline",
    description: "Objectives, queues, delivery and dead letters of the alert pipeline",
    tags: ["mutt"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Prometheus", type: "datasource", query: "prometheus" }],
    },
    panels: placed(SECTIONS),
  };
}

function quantile(histogram: string): Line {
  return {
    expr: `histogram_quantile(0.99, sum by (le) (rate(${histogram}_bucket[5m])))`,
    legend: "99 %",
  };
}

/** Sets panels from left to right, in rows. */
function placed(sections: readonly Section[]): Record<string, unknown>[] {
  const panels: Record<string, unknown>[] = [];
  let y = 0;
  for (const section of sections) {
    const gridPos = { x: 0, y, w: GRID, h: 1 };
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: section.title,
      collapsed: false,
      gridPos,
      panels: [],
    });
    y += 1;
    let x = 0;
    let rowHeight = 0;
    for (const panel of section.panels) {
      const [w, h] = [WIDTH[panel.kind], HEIGHT[panel.kind]];
      if (x + w > GRID) {
        y += rowHeight;
        [x, rowHeight] = [0, 0];
      }
      panels.push(toGrafana(panel, panels.length + 1, { x, y, w, h }));
      x += w;
      rowHeight = Math.max(rowHeight, h);
    }
    y += rowHeight;
  }
  return panels;
}

function toGrafana(
  panel: Panel,
  id: number,
  gridPos: Record<"x" | "y" | "w" | "h", number>,
): Record<string, unknown> {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    datasource: DATASOURCE,
    gridPos,
    fieldConfig: {
      defaults: { unit: panel.unit, min: panel.kind === "stat" ? null : 0 },
      overrides: [],
    },
    targets: panel.lines.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
    })),
  };
}
