import type { IngestedEvent, Severity } from "@mutt/event";
import { RuleSchema } from "@mutt/rules";
import { describe, expect, test } from "vitest";
import { buildAlert, buildMetaAlert, toMoogSeverity } from "./alert.ts";
import { MAX_DELIVERY_BYTES, packDeliveries } from "./deliveries.ts";

const RULE = RuleSchema.parse({
  id: 7,
  name: "links",
  match_type: "contains",
  match_string: "link",
  priority: 1,
  prod_handling: "Page_only",
  dev_handling: "Ticket_only",
  team_assignment: "network",
});

function event(fields: Partial<IngestedEvent> = {}): IngestedEvent {
  return {
    id: "id-1",
    correlation_id: "c-1",
    hostname: "core-1",
    message: "link down",
    severity: 3,
    timestamp: "2026-11-24T06:00:01.999Z",
    received_at: "2026-11-24T06:00:02.000Z",
    ...fields,
  };
}

describe("buildAlert", () => {
  test("the handling follows the environment, and travels with the alert", () => {
    expect(buildAlert(event(), RULE, "prod").custom_info.handling).toBe("Page_only");
    expect(buildAlert(event(), RULE, "dev").custom_info.handling).toBe("Ticket_only");
  });

  test("the time is that of the event in whole epoch seconds", () => {
    expect(buildAlert(event(), RULE, "prod").agent_time).toBe(
      Date.UTC(2026, 10, 24, 6, 0, 1) / 1000,
    );
  });

  test("unrelated faults of one host have signatures of their own", () => {
    const other = { ...RULE, id: 8 };
    expect(buildAlert(event(), RULE, "prod").signature).not.toBe(
      buildAlert(event(), other, "prod").signature,
    );
  });
});

test.each<[Severity, string | undefined, number]>([
  [0, undefined, 5],
  [2, undefined, 5],
  [3, undefined, 4],
  [4, undefined, 2],
  [6, undefined, 1],
  [5, "Cleared", 0],
  [5, "ok", 0],
  [2, "Critical", 5],
])("syslog severity %i given as %s becomes %i", (severity, given, moog) => {
  const fields = given === undefined ? { severity } : { severity, severity_given: given };
  expect(toMoogSeverity(event(fields))).toBe(moog);
});

test("a meta-alert says which host, how many and of what, and that MUTT made it", () => {
  const alert = buildMetaAlert({
    id: "meta-1",
    pattern: "odd #",
    count: 100,
    threshold: 100,
    windowSeconds: 86_400,
    team: "NETO",
    environment: "prod",
    event: event({ message: "odd 17" }),
  });
  expect(alert.external_id).toBe("meta-1");
  expect(alert.custom_info).toMatchObject({ generated: true, rule_id: null, team: "NETO" });
  expect(alert.description).toMatch(/^100 events of core-1 matched no rule.*odd 17$/);
});

describe("packDeliveries", () => {
  const alerts = (count: number, fields: Partial<IngestedEvent> = {}) =>
    Array.from({ length: count }, (_, index) =>
      buildAlert(event({ id: `id-${index}`, ...fields }), RULE, "prod"),
    );

  test("puts one severity into a delivery, at most so many alerts, in their order", () => {
    const deliveries = packDeliveries([...alerts(5), ...alerts(2, { severity: 0 })], 3);
    expect(deliveries.map(({ severity, alerts: { length } }) => [severity, length])).toEqual([
      [3, 3],
      [3, 2],
      [0, 2],
    ]);
    expect(deliveries[1]?.alerts.map((alert) => alert.external_id)).toEqual(["id-3", "id-4"]);
  });

  test.each([
    ["text that takes three bytes a character", { message: "電".repeat(8192) }],
    ["text that JSON has to escape", { message: "\u0001".repeat(500) }],
    ["long host names", { hostname: "h".repeat(255), message: "電" }],
    ["large attributes", { attributes: { text: "電".repeat(10_000) } }],
    ["many small ones", {}],
  ])("keeps every delivery of %s within 512 KiB", (_name, fields) => {
    const deliveries = packDeliveries(alerts(100, fields), 500);
    expect(deliveries.flatMap((delivery) => delivery.alerts)).toHaveLength(100);
    for (const { alerts: packed } of deliveries) {
      expect(Buffer.byteLength(JSON.stringify(packed))).toBeLessThanOrEqual(MAX_DELIVERY_BYTES);
    }
  });
});
