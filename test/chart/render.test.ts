// Every combination of values that the chart has examples for, on the oldest and a recent Kubernetes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CASES, caseNamed, KUBE_VERSIONS, MATRIX } from "./cases.ts";
import { HELM, helm, type Manifest, render, sourceArguments } from "./helm.ts";
import { CHART } from "./paths.ts";
import { typeCheck } from "./type-check.ts";

describe.skipIf(HELM === "")("the chart", () => {
  test.each(CASES)("has nothing to complain of: $name", async ({ file }) => {
    await expect(helm(["lint", "--strict", CHART, "--values", file])).resolves.toContain(
      "0 chart(s) failed",
    );
  });

  test.each(MATRIX)("renders $name on Kubernetes $kubeVersion", async ({ file, kubeVersion }) => {
    const manifests = await render({ files: [file], kubeVersion });
    const ids = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(15);
    const elsewhere = manifests.filter(
      ({ metadata }) => (metadata.namespace ?? "alerts") !== "alerts",
    );
    expect(elsewhere).toEqual([]);
  });

  test("fits the types of Kubernetes, KEDA, the Prometheus operator and the Gateway API", async () => {
    const sets = await Promise.all(
      MATRIX.map(async ({ name, file, kubeVersion }) => [
        `${name}-${kubeVersion}`,
        await render({ files: [file], kubeVersion }),
      ]),
    );
    expect(await typeCheck(Object.fromEntries(sets))).toEqual([]);
  });

  test("would be refused with a field that does not exist or has the wrong type", async () => {
    const manifests = await render({ files: [caseNamed("keda").file] });
    const broken = manifests.flatMap((manifest): Manifest[] => {
      if (manifest.kind === "Deployment") return [{ ...manifest, spec: { replica: 1 } }];
      if (manifest.kind !== "ScaledObject") return [];
      const spec = manifest.spec as { triggers: { metadata: object }[] };
      const triggers = spec.triggers.map((trigger) => ({
        ...trigger,
        metadata: { listLength: 5 },
      }));
      return [{ ...manifest, spec: { ...spec, triggers } }];
    });
    const complaints = (await typeCheck({ broken })).join("\n");
    expect(complaints).toMatch(/'"?replica"?' does not exist/);
    expect(complaints).toContain("'number' is not assignable to type 'string'");
  });

  test("refuses a Kubernetes that is too old", async () => {
    const tooOld = render({ files: [caseNamed("minimal").file], kubeVersion: "1.28.9" });
    await expect(tooOld).rejects.toThrow("kubeVersion");
  });

  test("renders the same out of its package", async () => {
    const dir = await mkdtemp(join(tmpdir(), "mutt-chart-"));
    try {
      await helm(["package", CHART, "--destination", dir]);
      const chart = join(dir, "mutt-0.1.0.tgz");
      for (const { file } of CASES) {
        const [kubeVersion] = KUBE_VERSIONS;
        const fromPackage = await render({ chart, files: [file], kubeVersion });
        expect(fromPackage).toEqual(await render({ files: [file], kubeVersion }));
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe.skipIf(HELM === "")("the notes after an install", () => {
  const notes = async (name: string) => {
    const { file } = caseNamed(name);
    const text = await helm(["install", ...sourceArguments({ files: [file] }), "--dry-run=client"]);
    return text.slice(text.indexOf("NOTES:"));
  };

  test("say what to do next, with names that exist", async () => {
    const text = await notes("minimal");
    expect(text).toContain("helm test test -n alerts");
    expect(text).toContain("port-forward svc/test-mutt-admin 8090:80");
    expect(text).toContain("http://test-mutt-ingestor.alerts.svc:80/api/v1/ingest");
    expect(text).toContain("metrics.serviceMonitor.enabled=true");
    expect(text).toContain("without TLS");
  });

  test("give the addresses that were asked for, and warn of secrets in the values", async () => {
    const text = await notes("full");
    expect(text).toContain("https://pages.example.net/mutt/");
    expect(text).toContain("https://pages.example.net/api/v1/ingest");
    expect(text).toContain("secrets stand in the values");
    expect(text).not.toContain("Nothing scrapes");
  });

  test("say that the in-tree Valkey is for trials", async () => {
    const text = await notes("valkey");
    expect(text).toContain("for trials and small installs");
    expect(text).toContain("in the clear");
  });

  test("hold no secret", async () => {
    for (const { name } of CASES) {
      expect(await notes(name)).not.toMatch(
        /of-enough-length|a-key-of-the-webhook|p@ss|password with/,
      );
    }
  });
});
