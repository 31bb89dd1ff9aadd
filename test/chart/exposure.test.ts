// Who can reach what: ways in from outside, ways between pods, and what the autoscaler reads.
import { readFileSync } from "node:fs";
import type { QUEUE_NAMES } from "@mutt/queues";
import { QueueKeys } from "bullmq";
import { describe, expect, test } from "vitest";
import { FORWARDER_CONCURRENCY } from "../../apps/forwarder/src/forwarder.ts";
import { APP_NAMES } from "./app-environment.ts";
import { caseNamed } from "./cases.ts";
import { HELM, type Manifest, render } from "./helm.ts";
import { componentOf, objectNamed, ofKind, specOf } from "./manifests.ts";
import { ROOT } from "./paths.ts";

/** One path that is let in. */
interface Way {
  host: string;
  path: string;
  isPrefix: boolean;
  service: string;
}

function waysOfIngress(manifest: Manifest): Way[] {
  const { rules } = specOf<{
    rules: {
      host: string;
      http: {
        paths: {
          path: string;
          pathType: string;
          backend: { service: { name: string; port: { name: string } } };
        }[];
      };
    }[];
  }>(manifest);
  return rules.flatMap(({ host, http }) =>
    http.paths.map(({ path, pathType, backend }) => ({
      host,
      path,
      isPrefix: pathType === "Prefix",
      service: backend.service.name,
    })),
  );
}

function waysOfRoute(manifest: Manifest): Way[] {
  const { hostnames, rules } = specOf<{
    hostnames: string[];
    rules: {
      matches: { path: { type: string; value: string } }[];
      backendRefs: { name: string; port: number }[];
    }[];
  }>(manifest);
  return rules.flatMap(({ matches, backendRefs }) =>
    matches.map(({ path }) => ({
      host: hostnames[0] ?? "",
      path: path.value,
      isPrefix: path.type === "PathPrefix",
      service: backendRefs[0]?.name ?? "",
    })),
  );
}

/** Where a request goes, by the rules of both kinds: exact before prefix, longer before shorter. */
function serviceFor(ways: readonly Way[], host: string, path: string): string | undefined {
  const hits = ways.filter(
    (way) =>
      way.host === host &&
      (way.path === path || (way.isPrefix && path.startsWith(`${way.path.replace(/\/$/, "")}/`))),
  );
  const rank = (way: Way) => (way.isPrefix ? 0 : 1000) + way.path.length;
  return hits.toSorted((a, b) => rank(b) - rank(a))[0]?.service;
}

/** The addresses of the console's pages, from the source of who serves them. */
function consolePages(): string[] {
  const source = readFileSync(`${ROOT}apps/admin/src/console-files.ts`, "utf8");
  const list = /^const PAGES = \[(.*?)\];/ms.exec(source)?.[1] ?? "";
  return [...list.matchAll(/"([^"]+)"/g)].map((match) => (match[1] ?? "").replace("*rest", "x/y"));
}

const CLOSED = ["/metrics", "/healthz", "/readyz", "/metrics/", "/health", "/.env", "/apps"];
const CONSOLE = [
  "/api/v1/slo",
  "/api/v1/dlq/groups",
  "/queues",
  "/queues/api/queues",
  "/assets/index-abc.js",
  "/favicon.svg",
  "/dead-letters/dlq-alerter/abc",
];

describe.skipIf(HELM === "").each([
  { way: "the Ingress", name: "full", set: ["fullnameOverride=test-mutt", "admin.basePath="] },
  { way: "the Ingress under a base path", name: "full", set: ["fullnameOverride=test-mutt"] },
  { way: "the HTTPRoutes", name: "gateway", set: [] },
])("$way", async ({ name, set }) => {
  const manifests = HELM === "" ? [] : await render({ files: [caseNamed(name).file], set });
  const ways = [
    ...ofKind(manifests, "Ingress").flatMap(waysOfIngress),
    ...ofKind(manifests, "HTTPRoute").flatMap(waysOfRoute),
  ];
  const isGateway = name === "gateway";
  const ingestHost = isGateway ? "events.example.net" : "pages.example.net";
  const base = set.includes("admin.basePath=") || isGateway ? "" : "/mutt";

  test("leads senders to the ingest API", () => {
    for (const path of ["/api/v1/ingest", "/ingest"]) {
      expect(serviceFor(ways, ingestHost, path)).toBe("test-mutt-ingestor");
    }
  });

  test("leads people to every page of the console and what it needs", () => {
    expect(consolePages().length).toBeGreaterThan(4);
    for (const path of [...consolePages(), ...CONSOLE]) {
      expect(serviceFor(ways, "pages.example.net", base + path), path).toBe("test-mutt-admin");
    }
  });

  test("leads nobody to metrics, probes or anything else", () => {
    for (const host of ["events.example.net", "pages.example.net", "other.example.net"]) {
      for (const path of CLOSED) {
        expect(serviceFor(ways, host, path), host + path).toBeUndefined();
        expect(serviceFor(ways, host, base + path), host + path).toBeUndefined();
      }
    }
  });

  test("leads to ports that the Services have", () => {
    for (const route of ofKind(manifests, "HTTPRoute")) {
      const { rules } = specOf<{ rules: { backendRefs: { name: string; port: number }[] }[] }>(
        route,
      );
      for (const { name: service, port } of rules.flatMap(({ backendRefs }) => backendRefs)) {
        const { ports } = specOf<{ ports: { port: number }[] }>(
          objectNamed(manifests, "Service", service),
        );
        expect(ports.map((one) => one.port)).toContain(port);
      }
    }
  });

  test("has at most 8 matches in a rule of a route", () => {
    for (const route of ofKind(manifests, "HTTPRoute")) {
      const { rules } = specOf<{ rules: { matches: object[] }[] }>(route);
      for (const { matches } of rules) expect(matches.length).toBeLessThanOrEqual(8);
    }
  });
});

describe.skipIf(HELM === "")("network policies", () => {
  interface Policy {
    policyTypes: string[];
    ingress?: { from?: object[]; ports: object[] }[];
    egress?: { to?: object[]; ports: { port: number | string }[] }[];
  }
  const policiesOf = async (name: string) => {
    const manifests = await render({ files: [caseNamed(name).file] });
    const entries = ofKind(manifests, "NetworkPolicy").map((one) => [
      componentOf(one) ?? "valkey",
      specOf<Policy>(one),
    ]);
    return Object.fromEntries(entries) as Record<string, Policy>;
  };
  const portsOut = (policy: Policy | undefined) =>
    (policy?.egress ?? []).flatMap(({ ports }) => ports.map(({ port }) => port));

  test("stand before every app", async () => {
    expect(Object.keys(await policiesOf("minimal"))).toEqual([...APP_NAMES, "test"]);
    expect(Object.keys(await policiesOf("gateway"))).toEqual([]);
  });

  test("let everybody send and look, and the cluster scrape, when nothing is said", async () => {
    const { ingestor, admin, alerter, test: testPod } = await policiesOf("minimal");
    expect(ingestor?.ingress?.[0]?.from).toBeUndefined();
    expect(admin?.ingress?.[0]?.from).toBeUndefined();
    expect(alerter?.ingress?.[0]?.from).toEqual([{ namespaceSelector: {} }]);
    expect(testPod?.ingress).toBeUndefined();
  });

  test("let in who was named, the scraper and the test", async () => {
    const { ingestor, alerter } = await policiesOf("full");
    const from = JSON.stringify(ingestor?.ingress?.[0]?.from);
    for (const peer of ["ingress-nginx", "monitoring", '"app.kubernetes.io/component":"test"']) {
      expect(from).toContain(peer);
    }
    expect(JSON.stringify(alerter?.ingress)).not.toContain("ingress-nginx");
  });

  test("let out what each app needs, when asked to deny the rest", async () => {
    const { ingestor, forwarder, admin } = await policiesOf("full");
    expect(portsOut(ingestor)).toEqual([53, 53, 5353, 5353, 6379, 4318, 443]);
    expect(portsOut(forwarder)).toEqual([53, 53, 5353, 5353, 6379, 8443, 443, 4318, 443]);
    expect(portsOut(admin)).toEqual([53, 53, 5353, 5353, 6379, 9090, 443]);
    const { alerter } = await policiesOf("sentinel");
    expect(portsOut(alerter)).toEqual([53, 53, 5353, 5353, 6379, 26_379]);
  });

  test("keep strangers out of the in-tree Valkey", async () => {
    const { valkey } = await policiesOf("valkey");
    expect(valkey?.ingress).toHaveLength(1);
    expect(JSON.stringify(valkey?.ingress?.[0]?.from)).toContain(
      '"app.kubernetes.io/instance":"test"',
    );
  });
});

describe.skipIf(HELM === "")("KEDA", () => {
  interface Trigger {
    type: string;
    metadata: Record<string, string>;
    authenticationRef?: { name: string };
  }
  const triggersOf = async (name: string) => {
    const manifests = await render({ files: [caseNamed(name).file] });
    return ofKind(manifests, "ScaledObject").map((one) => ({
      app: componentOf(one),
      triggers: specOf<{ triggers: Trigger[] }>(one).triggers,
    }));
  };
  const QUEUE_OF: Record<string, (typeof QUEUE_NAMES)[number]> = {
    alerter: "ingest",
    forwarder: "alert",
  };

  test.each([
    ["keda", "noc.pages"],
    ["cluster", "{mutt}"],
    ["tls", "mutt"],
    ["sentinel", "mutt"],
    ["valkey", "mutt"],
  ])("reads the keys that BullMQ writes: %s", async (name, prefix) => {
    const keys = new QueueKeys(prefix);
    const scaled = await triggersOf(name);
    expect(scaled.length).toBeGreaterThan(0);
    for (const { app = "", triggers } of scaled) {
      const queue = QUEUE_OF[app] ?? "";
      expect(triggers.map(({ metadata }) => metadata.listName).toSorted()).toEqual(
        ["wait", "prioritized", "active"].map((state) => keys.toKey(queue, state)).toSorted(),
      );
    }
  });

  test.each([
    ["keda", "redis", { address: "redis.example.net:6379", username: "mutt", databaseIndex: "3" }],
    ["tls", "redis", { address: "redis.example.net:6379", enableTLS: "true" }],
    ["valkey", "redis", { address: "test-valkey.alerts.svc:6379", enableTLS: "false" }],
    ["sentinel", "redis-sentinel", { sentinelMaster: "mymaster", enableTLS: "true" }],
    ["cluster", "redis-cluster", { enableTLS: "false" }],
  ])("is led to the Redis of the apps: %s", async (name, type, metadata) => {
    for (const { triggers } of await triggersOf(name)) {
      for (const trigger of triggers) {
        expect(trigger.type).toBe(type);
        expect(trigger.metadata).toMatchObject(metadata);
        expect(trigger.authenticationRef).toEqual({ name: "test-mutt-redis" });
      }
    }
  });

  test("counts as busy what a pod works on at once", async () => {
    const alerter = readFileSync(`${ROOT}apps/alerter/src/alerter.ts`, "utf8");
    const concurrency = {
      alerter: /^const CONCURRENCY = (\d+);/m.exec(alerter)?.[1],
      forwarder: String(FORWARDER_CONCURRENCY),
    };
    const found = (await triggersOf("keda")).map(({ app, triggers }) => {
      const active = triggers.find(({ metadata }) => metadata.listName?.endsWith(":active"));
      return [app, active?.metadata.listLength];
    });
    expect(Object.fromEntries(found)).toEqual(concurrency);
  });
});

test.skipIf(HELM === "")("Prometheus is led to every app", async () => {
  const manifests = await render({ files: [caseNamed("full").file] });
  const [monitor] = ofKind(manifests, "ServiceMonitor");
  const { selector, endpoints } = specOf<{
    selector: { matchLabels: Record<string, string> };
    endpoints: { port: string; path: string; relabelings: { replacement: string }[] }[];
  }>(monitor as Manifest);
  const watched = ofKind(manifests, "Service").filter(({ metadata }) =>
    Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels?.[key] === value),
  );
  expect(watched.map(componentOf)).toEqual(APP_NAMES);
  for (const service of watched) {
    const { ports } = specOf<{ ports: { name: string }[] }>(service);
    expect(ports.map(({ name }) => name)).toEqual(endpoints.map(({ port }) => port));
  }
  expect(monitor?.metadata.labels).toMatchObject({ release: "kube-prometheus-stack" });

  // Under the names of jobs that the alert on a missing app looks for.
  const rules = JSON.stringify(ofKind(manifests, "PrometheusRule"));
  const jobs = [...rules.matchAll(/job=~\\"([^"\\]+)\\"/g)].map((match) => match[1] ?? "");
  expect(jobs.length).toBeGreaterThan(0);
  for (const job of jobs) {
    const replacement = endpoints[0]?.relabelings[0]?.replacement.replace("$1", "ingestor");
    expect(replacement).toMatch(new RegExp(`^(${job})$`));
  }
});
