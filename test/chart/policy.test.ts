// What must hold of everything that the chart renders, whatever the values.
import { describe, expect, test } from "vitest";
import { APP_NAMES, type AppName, defaultPortOf } from "./app-environment.ts";
import { caseNamed, MATRIX } from "./cases.ts";
import { HELM, type Manifest, render } from "./helm.ts";
import {
  componentOf,
  ofKind,
  podsOf,
  type Selector,
  secretReferences,
  secretValues,
  selects,
  specOf,
} from "./manifests.ts";

const isAppName = (name: string | undefined): name is AppName =>
  (APP_NAMES as (string | undefined)[]).includes(name);

describe.skipIf(HELM === "").each(MATRIX)("of $name on $kubeVersion", async (one) => {
  const { values, kubeVersion } = one;
  const manifests = HELM === "" ? [] : await render({ files: [one.file], kubeVersion });
  const pods = podsOf(manifests);
  const appPods = pods.filter(({ owner }) => isAppName(componentOf(owner)));

  test("every pod meets the restricted Pod Security Standard, on a read-only root", () => {
    for (const { spec, owner } of pods) {
      const where = owner.metadata.name;
      const { securityContext } = spec;
      expect(securityContext?.runAsNonRoot, where).toBe(true);
      expect(securityContext?.runAsUser, where).not.toBe(0);
      expect(securityContext?.seccompProfile, where).toEqual({ type: "RuntimeDefault" });
      expect(spec.automountServiceAccountToken, where).toBe(false);
      expect([spec.hostNetwork, spec.hostPID, spec.hostIPC], where).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      for (const volume of spec.volumes ?? []) {
        expect(Object.keys(volume), where).not.toContain("hostPath");
      }
      for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
        expect(container.securityContext, where).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        const tmp = container.volumeMounts?.find(({ mountPath }) => mountPath === "/tmp");
        const volume = spec.volumes?.find(({ name }) => name === tmp?.name);
        expect(volume?.emptyDir, where).toBeDefined();
        expect(container.resources?.requests?.memory, where).toBeDefined();
        expect(container.resources?.limits?.memory, where).toBeDefined();
      }
    }
  });

  test("every app is asked for its health where it listens", () => {
    expect(appPods.map(({ owner }) => componentOf(owner))).toEqual(APP_NAMES);
    for (const { spec, owner } of appPods) {
      const app = componentOf(owner);
      if (!isAppName(app)) continue;
      const [container] = spec.containers;
      expect(container?.args).toEqual([app]);
      expect(container?.ports).toEqual([
        { name: "http", containerPort: defaultPortOf(app), protocol: "TCP" },
      ]);
      const port = container?.env?.find(({ name }) => name === `${app.toUpperCase()}_PORT`);
      expect(port?.value).toBe(String(defaultPortOf(app)));
      expect(container?.startupProbe?.httpGet).toEqual({ path: "/healthz", port: "http" });
      expect(container?.readinessProbe?.httpGet).toEqual({ path: "/readyz", port: "http" });
      // Liveness that asked for Redis would restart the whole pipeline when Redis is away.
      expect(container?.livenessProbe?.httpGet).toEqual({ path: "/healthz", port: "http" });
    }
  });

  test("a stopping pod is given more time than its app takes", () => {
    const timeoutMs = Number(values.shutdownTimeoutMs ?? 25_000);
    for (const { spec } of appPods) {
      const pauseMs = (spec.containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0) * 1000;
      const graceMs = (spec.terminationGracePeriodSeconds ?? 0) * 1000;
      expect(graceMs).toBeGreaterThanOrEqual(timeoutMs + pauseMs + 5000);
    }
    const pauses = appPods.filter(({ spec }) => spec.containers[0]?.lifecycle).length;
    // Only the two that are called, and only where Kubernetes knows how.
    expect(pauses).toBe(kubeVersion === "1.29.0" ? 0 : 2);
  });

  test("every Service, disruption budget, network policy and spread selects the pods that it is for", () => {
    const selections: { owner: Manifest; selector: Record<string, string> }[] = [
      ...ofKind(manifests, "Service").map((owner) => ({
        owner,
        selector: specOf<{ selector: Record<string, string> }>(owner).selector,
      })),
      ...ofKind(manifests, "PodDisruptionBudget").map((owner) => ({
        owner,
        selector: specOf<{ selector: Selector }>(owner).selector.matchLabels,
      })),
      ...ofKind(manifests, "NetworkPolicy").map((owner) => ({
        owner,
        selector: specOf<{ podSelector: Selector }>(owner).podSelector.matchLabels,
      })),
      ...appPods.flatMap(({ owner, spec }) =>
        (spec.topologySpreadConstraints ?? []).map(({ labelSelector }) => ({
          owner,
          selector: labelSelector.matchLabels,
        })),
      ),
    ];
    expect(selections.length).toBeGreaterThan(5);
    for (const { owner, selector } of selections) {
      const selected = pods.filter(({ labels }) => selects(selector, labels));
      const where = `${owner.kind} ${owner.metadata.name}`;
      expect(
        selected.map((pod) => componentOf(pod.owner)),
        where,
      ).toEqual([componentOf(owner)]);
    }
  });

  test("no selector of a Deployment changes with the version", () => {
    for (const owner of ofKind(manifests, "Deployment")) {
      const { matchLabels } = specOf<{ selector: Selector }>(owner).selector;
      expect(Object.keys(matchLabels)).toEqual([
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/component",
      ]);
    }
  });

  test("whoever is autoscaled has no fixed number of pods, and is scaled once", () => {
    const targets = ["HorizontalPodAutoscaler", "ScaledObject"].flatMap((kind) =>
      ofKind(manifests, kind).map(
        (owner) => specOf<{ scaleTargetRef: { name: string } }>(owner).scaleTargetRef.name,
      ),
    );
    expect(new Set(targets).size).toBe(targets.length);
    for (const owner of ofKind(manifests, "Deployment")) {
      const { replicas } = specOf<{ replicas?: number }>(owner);
      const isScaled = targets.includes(owner.metadata.name);
      expect(replicas === undefined, owner.metadata.name).toBe(isScaled);
    }
  });

  test("a disruption budget guards every app with more than one pod, and no other", () => {
    const guarded = ofKind(manifests, "PodDisruptionBudget").map(componentOf);
    const several = ofKind(manifests, "Deployment").filter(
      (owner) => (specOf<{ replicas?: number }>(owner).replicas ?? 2) > 1,
    );
    expect(guarded).toEqual(several.map(componentOf));
  });

  test("every secret that is referred to is rendered or is one of the user's", () => {
    const rendered = secretValues(manifests);
    const theirs = existingSecretsIn(values);
    const references = secretReferences(manifests);
    expect(references.length).toBeGreaterThan(3);
    for (const { name, key } of references) {
      const isKnown = rendered[name]?.[key] !== undefined || theirs.has(name);
      expect(isKnown, `${name}/${key}`).toBe(true);
      expect(key).toMatch(/^[\w.-]+$/);
    }
  });

  test("what is rendered as a secret is used", () => {
    const references = secretReferences(manifests);
    for (const [name, entries] of Object.entries(secretValues(manifests))) {
      for (const key of Object.keys(entries)) {
        // Only KEDA asks for the bare password beside the URL.
        if (key === "redis-password") continue;
        expect(references, `${name}/${key}`).toContainEqual(expect.objectContaining({ name, key }));
      }
    }
  });

  test("an image is named in full", () => {
    for (const { spec } of pods) {
      for (const { image } of spec.containers) {
        expect(image).toMatch(/^[\w./-]+(:[\w.-]+|@sha256:[0-9a-f]{64})$/);
        expect(image).not.toMatch(/:latest$/);
      }
    }
  });
});

/** Names of all Secrets that a case says are there already. */
function existingSecretsIn(value: unknown): Set<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      const isName = typeof child === "string";
      if (isName && (key === "existingSecret" || key === "name")) names.add(child);
      else walk(child);
    }
  };
  walk(value);
  return names;
}

describe.skipIf(HELM === "")("names", () => {
  const LONG = `r${"x".repeat(51)}y`;

  test("stay within what Kubernetes takes, however long the release's name is", async () => {
    expect(LONG).toHaveLength(53);
    for (const name of ["full", "valkey", "keda", "gateway"]) {
      const { file } = caseNamed(name);
      const set = name === "full" ? ["fullnameOverride="] : [];
      for (const { kind, metadata } of await render({ files: [file], release: LONG, set })) {
        // KEDA puts "keda-hpa-" before the name, a StatefulSet a hash of 11 behind it.
        const more = { ScaledObject: 9, StatefulSet: 11 }[kind] ?? 0;
        expect(metadata.name.length + more, metadata.name).toBeLessThanOrEqual(63);
        expect(metadata.name).toMatch(/^[a-z]([a-z0-9-]*[a-z0-9])?$/);
        for (const value of Object.values(metadata.labels ?? {})) {
          expect(value).toMatch(/^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/);
        }
      }
    }
  });

  test("do not repeat a release that is called like the chart", async () => {
    const manifests = await render({ files: [caseNamed("minimal").file], release: "mutt" });
    const names = ofKind(manifests, "Deployment").map(({ metadata }) => metadata.name);
    expect(names).toEqual(APP_NAMES.map((app) => `mutt-${app}`));
  });
});
