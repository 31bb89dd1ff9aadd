import { expect, test } from "vitest";
import { CLIENT_FAULTS, DEFAULT_SLO_SETTINGS, SERVICE_FAULTS, SLOS } from "./objectives.ts";
import { errorRatioOf, sloQueries } from "./promql.ts";

test("ratios guard against series that are missing and against no traffic", () => {
  expect(errorRatioOf(SLOS.forwarder, "1h")).toBe(
    '(sum(increase(mutt_forward_alerts_total{origin="fresh",outcome="dead"}[1h])) or ' +
      '0 * sum(increase(mutt_forward_alerts_total{origin="fresh"}[1h]))) / ' +
      '(sum(increase(mutt_forward_alerts_total{origin="fresh"}[1h])) > 0)',
  );
});

test("the whole window and its coverage are asked for as they are set", () => {
  const { period } = sloQueries(SLOS.ingestor, { ...DEFAULT_SLO_SETTINGS, windowHours: 36 });
  expect(period.total).toContain("[36h]");
  expect(period.coverage).toMatch(/^count_over_time\(sum\(.*\)\[36h:2160s\]\) \* 2160 \/ 129600$/);
});

test("a reason of refusal is the client's fault or the service's, not both", () => {
  const both = CLIENT_FAULTS.filter((reason) =>
    (SERVICE_FAULTS as readonly string[]).includes(reason),
  );
  expect(both).toEqual([]);
});
