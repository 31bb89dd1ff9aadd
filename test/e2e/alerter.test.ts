// Rules, hosts, teams, unhandled events and events that cannot be processed.

import { setTimeout } from "node:timers/promises";
import { messagePattern } from "@mutt/event";
import { type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  deadLetters,
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  rule,
  sendAll,
  setSettings,
  timeAwake,
  untilDelivered,
} from "./support.ts";

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    testName: "alerter",
    apps: ["ingestor", "alerter", "forwarder", "remediation"],
    env: {
      MOOG_RATE_LIMIT: "0",
      UNHANDLED_THRESHOLD: "5",
      ALERTER_MAX_RETRIES: "1",
      // What is parked stays as it was parked.
      REMEDIATION_ENABLED: "false",
    },
    prepare: (parts) =>
      putRules(
        parts,
        [
          { ...FORWARD_FAULTS, id: 1 },
          rule({ id: 2, name: "chatter", match_string: "chatter", prod_handling: "Log_only" }),
          rule({
            id: 3,
            name: "traps",
            match_type: "oid_prefix",
            trap_oid: "1.3.6.1.4.1.9.9",
            prod_handling: "Ticket_only",
          }),
        ],
        {
          dev_hosts: ["lab-1.example.net"],
          teams: [{ hostname: "owned.example.net", team: "database" }],
        },
      ),
  });
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
});

const outcome = (name: string) =>
  pipeline.app("alerter").metric("mutt_alerter_events_total", { outcome: name });

/** The receiver's alerts that MUTT made itself about a host. */
function metaAlerts(hostname: string, receiver = pipeline.receiver) {
  return receiver
    .alerts()
    .map(
      (received) =>
        received.alert as Record<string, unknown> & { custom_info: Record<string, unknown> },
    )
    .filter((alert) => alert.source === hostname && alert.custom_info.generated === true);
}

const unknownEvents = (count: number, hostname: string) =>
  Array.from({ length: count }, (_, index) => ({ hostname, message: `odd thing number ${index}` }));

test("each event comes to exactly one counted outcome", async () => {
  const names = ["forwarded", "logged", "unhandled", "dead"];
  const before = await Promise.all(names.map(outcome));
  await sendAll(pipeline, [
    [
      ...faults(3),
      { hostname: "h", message: "some CHATTER here" },
      { hostname: "lab-1.example.net", message: "fault in the lab" },
      { hostname: "h2", message: "nobody knows this" },
    ],
  ]);
  await waitFor(
    async () => {
      const now = await Promise.all(names.map(outcome));
      return now.map((value, index) => value - (before[index] ?? 0)).join() === "3,2,1,0";
    },
    { what: "3 forwarded, 2 logged, 1 unhandled, 0 dead" },
  );
});

test("OIDs match on arc boundaries, with and without the leading dot", async () => {
  const accepted = await sendAll(pipeline, [
    {
      source_ip: "192.0.2.7",
      trap_oid: ".1.3.6.1.4.1.9.9.41",
      variables: [{ oid: "1.2", value: 3 }],
    },
  ]);
  await untilDelivered(pipeline.receiver, accepted.ids);
  const unhandledBefore = await outcome("unhandled");
  await sendAll(pipeline, [{ source_ip: "192.0.2.7", trap_oid: "1.3.6.1.4.1.9.99.41" }]);
  await waitFor(async () => (await outcome("unhandled")) === unhandledBefore + 1, {
    what: "the trap under a longer arc matches no rule",
  });
});

test("a changed rule set is in force in a running alerter within two seconds", async () => {
  const awake = timeAwake();
  await putRules(pipeline, [
    rule({
      id: 50,
      name: "novelty",
      match_type: "regex",
      match_string: "novelty \\d+",
      priority: 1,
    }),
  ]);
  await waitFor(
    () =>
      pipeline
        .app("alerter")
        .metric("mutt_alerter_rules_loaded")
        .then((n) => n === 4),
    {
      what: "four rules are in force",
    },
  );
  expect(awake()).toBeLessThan(2500);
  const accepted = await sendAll(pipeline, [{ hostname: "h", message: "a Novelty 42" }]);
  await untilDelivered(pipeline.receiver, accepted.ids);
});

test("the last good rules stay in force when a stored one is spoilt", async () => {
  const redis = pipeline.redis.client();
  await redis
    .multi()
    .hset(`${pipeline.prefix}:rules`, "99", '{"id":99}')
    .incr(`${pipeline.prefix}:rules-version`)
    .exec();
  await waitFor(() => pipeline.app("alerter").logs().includes("loading rules"), {
    what: "the alerter reports the spoilt rule",
  });
  const accepted = await sendAll(pipeline, [faults(2)]);
  await untilDelivered(pipeline.receiver, accepted.ids);
  await redis
    .multi()
    .hdel(`${pipeline.prefix}:rules`, "99")
    .incr(`${pipeline.prefix}:rules-version`)
    .exec();
});

test("unhandled events of one pattern raise one meta-alert at the threshold, to the host's team", async () => {
  await sendAll(pipeline, [unknownEvents(4, "owned.example.net")]);
  await sendAll(pipeline, [unknownEvents(1, "owned.example.net")]);
  await waitFor(() => metaAlerts("owned.example.net").length === 1, { what: "the meta-alert" });
  await sendAll(pipeline, [unknownEvents(20, "owned.example.net")]);
  await sendAll(pipeline, [unknownEvents(5, "other.example.net")]);
  await waitFor(() => metaAlerts("other.example.net").length === 1, {
    what: "the other meta-alert",
  });

  expect(metaAlerts("owned.example.net")).toMatchObject([
    { class: "database", custom_info: { team: "database", rule_id: null } },
  ]);
  expect(metaAlerts("other.example.net")).toMatchObject([{ class: "NETO" }]);
});

test("a threshold that is lowered below the count raises the meta-alert with the next event", async () => {
  const hostname = "lowered.example.net";
  await using own = await startPipeline({
    testName: "lowered",
    apps: ["ingestor", "alerter", "forwarder"],
    env: { MOOG_RATE_LIMIT: "0", UNHANDLED_THRESHOLD: "50" },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  const raised = () => metaAlerts(hostname, own.receiver);
  await sendAll(own, [unknownEvents(20, hostname)]);
  const key = `${own.prefix}:unhandled:${hostname}:${messagePattern("odd thing number 0")}`;
  await waitFor(async () => (await own.redis.client().hget(key, "count")) === "20", {
    what: "twenty events are counted",
  });
  expect(raised()).toEqual([]);
  await setSettings(own, { unhandled_threshold: 10 });
  await waitFor(
    async () => {
      await sendAll(own, [unknownEvents(1, hostname)]);
      return raised().length === 1;
    },
    { what: "one meta-alert", everyMs: 100 },
  );
  await sendAll(own, [unknownEvents(5, hostname)]);
  await untilDelivered(own.receiver, (await sendAll(own, [faults(1)])).ids);
  expect(raised()).toHaveLength(1);
});

test("an event that cannot be processed is retried, then a dead letter of its own; the rest of its chunk goes on", async () => {
  const poisoned = { hostname: "poison.example.net", message: "cannot be counted" };
  const key = `${pipeline.prefix}:unhandled:${poisoned.hostname}:${messagePattern(poisoned.message)}`;
  await pipeline.redis.client().set(key, "not a hash");

  const accepted = await sendAll(pipeline, [[...faults(5), poisoned]]);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-alerter", "failed")) === 1, {
    what: "the event is a dead letter",
    timeoutMs: 20_000,
  });
  const [entry] = await deadLetters(pipeline, "dlq-alerter");
  expect(entry?.failedReason).toMatch(/WRONGTYPE/);
  expect(entry?.data).toMatchObject({
    origin_queue: "ingest",
    class: "unknown",
    reason: "retries_exhausted",
    payload: poisoned,
  });
  expect(entry?.data.history).toHaveLength(2);
  const neighbours = new Set(accepted.ids);
  neighbours.delete(String(entry?.data.alert_id));
  await untilDelivered(pipeline.receiver, neighbours);
});

test("an alerter that could never load rules is not ready and takes no work, until there is a set", async () => {
  await using other = await startPipeline({
    testName: "no-rules-yet",
    apps: ["ingestor", "forwarder"],
  });
  const client = other.redis.client();
  const rules = `${other.prefix}:rules`;
  await client.hset(rules, "1", "{}");
  const accepted = await sendAll(other, [faults(3)]);

  let isReady = false;
  const starting = other.spawn("alerter").then(() => {
    isReady = true;
  });
  // Nothing announces that something does not happen: give it time to go wrong.
  await setTimeout(5000);
  expect(isReady).toBe(false);
  expect(await jobsIn(other, "ingest", "wait")).toBe(1);

  await client.del(rules);
  await putRules(other, [FORWARD_FAULTS]);
  await starting;
  await untilDelivered(other.receiver, accepted.ids);
});

test("an alerter that loaded rules keeps them while Redis is away", async () => {
  await using other = await startPipeline({
    testName: "redis-away",
    apps: ["ingestor", "alerter", "forwarder"],
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  await other.redis.kill9();
  await waitFor(async () => (await fetch(`${other.app("alerter").url}/readyz`)).status === 503, {
    what: "the alerter notices",
  });
  expect((await fetch(`${other.app("alerter").url}/healthz`)).status).toBe(200);
  expect(await other.app("alerter").metric("mutt_alerter_rules_loaded")).toBe(1);
  await other.redis.start();
  const accepted = await sendAll(other, [faults(3)]);
  await untilDelivered(other.receiver, accepted.ids);
});
