// The objectives of the running pipeline: from its own counters, from Debian's Prometheus, and with Prometheus gone.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePrometheus } from "@mutt/machine-packages";
import { alertRules, recordingRules } from "@mutt/slo";
import { ensureOrSkip, freePort, type Pipeline, startPipeline, waitFor } from "@mutt/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  FORWARD_FAULTS,
  faults,
  putRules,
  sendAll,
  setSettings,
  untilDelivered,
} from "./support.ts";

const tools = await ensureOrSkip(ensurePrometheus, process.env.CI);

interface Component {
  state: string;
  reason: string | null;
  target: number;
  availability: number | null;
  burn_rate: number | null;
  events: { total: number | null; bad: number | null };
  windows: { breached: boolean }[];
  flags: { insufficient_history: boolean };
  last_known: { state: string; availability: number } | null;
}

interface SloAnswer {
  state: string;
  source: string;
  prometheus: { available: boolean; error: string | null };
  components: { ingestor: Component; forwarder: Component };
}

async function readSlo(pipeline: Pipeline): Promise<SloAnswer> {
  const response = await pipeline.admin("/api/v1/slo");
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as SloAnswer;
}

/** Waits for an evaluation that fits; there is one every 15 s. */
function untilSlo(pipeline: Pipeline, what: string, fits: (answer: SloAnswer) => boolean) {
  return waitFor(
    async () => {
      const answer = await readSlo(pipeline);
      return fits(answer) ? answer : undefined;
    },
    { what, timeoutMs: 90_000, everyMs: 500 },
  );
}

const start = (testName: string, env: Record<string, string> = {}) =>
  startPipeline({ testName, env, prepare: (parts) => putRules(parts, [FORWARD_FAULTS]) });

/** Requests of which the sender got some wrong, and alerts of which the platform rejects some. */
async function makeTraffic(pipeline: Pipeline): Promise<{ delivered: number; rejected: number }> {
  const [good, bad] = [faults(40), faults(10, "culprit")];
  pipeline.receiver.setMode({ mode: "reject", text: "culprit", status: 422 });
  const accepted = await sendAll(pipeline, good);
  await sendAll(pipeline, bad);
  for (let wrong = 0; wrong < 5; wrong++) await pipeline.ingest("{");
  await pipeline.ingest({}, { "x-api-key": "somebody-elses-key-0123456789" });
  await untilDelivered(pipeline.receiver, accepted.ids);
  await waitFor(
    async () =>
      (await pipeline.app("forwarder").metric("mutt_forward_alerts_total", { outcome: "dead" })) ===
      bad.length,
    { what: "every rejected alert is a dead letter", timeoutMs: 60_000 },
  );
  return { delivered: good.length, rejected: bad.length };
}

test("without Prometheus the pipeline's own counters say how it does", async () => {
  await using pipeline = await start("slo redis");
  const { delivered, rejected } = await makeTraffic(pipeline);
  const total = delivered + rejected;
  const { source, components } = await untilSlo(
    pipeline,
    "all outcomes are counted",
    (answer) =>
      answer.components.forwarder.events.total === total &&
      answer.components.ingestor.events.total === total,
  );
  expect(source).toBe("redis");
  // What senders got wrong is no measure of the service.
  expect(components.ingestor).toMatchObject({ state: "ok", availability: 1, burn_rate: 0 });
  expect(components.forwarder).toMatchObject({
    availability: 0.8,
    burn_rate: 20,
    events: { total, bad: rejected },
    flags: { insufficient_history: true },
  });
  expect(
    await pipeline.app("admin").metric("mutt_slo_checker_queries_total", { result: "ok" }),
  ).toBeGreaterThan(0);

  await setSettings(pipeline, { slo_forward_success_target: "0.5" });
  await untilSlo(
    pipeline,
    "the target that was set holds",
    ({ components: { forwarder } }) => forwarder.target === 0.5 && forwarder.burn_rate === 0.4,
  );
  const exported = () =>
    pipeline.app("admin").metric("mutt_slo_objective_ratio", { slo: "forward-success" });
  expect(await exported()).toBe(0.5);

  const history = await pipeline.redis.client().keys(`${pipeline.prefix}:minute:*`);
  expect(history.length).toBeGreaterThan(0);
});

test("charts have what was counted and seen, and a viewer may ask", async () => {
  await using pipeline = await start("slo history");
  await makeTraffic(pipeline);
  type Series = Record<string, (number | null)[]>;
  const known = (series: Series, name: string) =>
    (series[name] ?? []).filter((value): value is number => value !== null);
  const series = await waitFor(
    async () => {
      const response = await pipeline.admin("/api/v1/history?minutes=10");
      const answer = (await response.json()) as { series: Series };
      // Counts and looks may lie in two minutes.
      const hasCounts = known(answer.series, "forward_good").some((count) => count > 0);
      return hasCounts && known(answer.series, "breaker").length > 0 ? answer.series : undefined;
    },
    { what: "the history has counts and gauges", timeoutMs: 40_000 },
  );
  expect(known(series, "breaker")).toContain(0);
  expect(known(series, "alert_depth").length).toBeGreaterThan(0);
  expect((await pipeline.admin("/api/v1/slo", { headers: { "x-api-key": "" } })).status).toBe(401);
});

describe.skipIf(!tools)("with Prometheus", () => {
  interface RunningPrometheus extends AsyncDisposable {
    url: string;
    scrape(pipeline: Pipeline): void;
    query(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
    stop(): Promise<void>;
    start(): Promise<void>;
  }

  /** Debian's Prometheus on a port of its own, with the shipped rules, scraping every second. */
  async function startPrometheus(): Promise<RunningPrometheus> {
    const dir = mkdtempSync(join(tmpdir(), "mutt-test-prometheus-"));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    mkdirSync(join(dir, "targets"));
    cpSync(new URL("../../docs/prometheus", import.meta.url), join(dir, "rules"), {
      recursive: true,
    });
    writeFileSync(
      join(dir, "prometheus.yml"),
      JSON.stringify({
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: [join(dir, "rules/*.yml")],
        scrape_configs: [
          { job_name: "mutt", file_sd_configs: [{ files: [join(dir, "targets/*.json")] }] },
        ],
      }),
    );
    let child: ChildProcess | undefined;
    const start = async (): Promise<void> => {
      child = spawn(
        tools?.prometheus ?? "",
        [
          `--config.file=${join(dir, "prometheus.yml")}`,
          `--storage.tsdb.path=${join(dir, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: "ignore" },
      );
      await waitFor(async () => (await fetch(`${url}/-/ready`)).ok, {
        what: "Prometheus is ready",
        timeoutMs: 60_000,
        everyMs: 100,
      });
    };
    const stop = async (): Promise<void> => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    };
    onTestFinished(async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    });
    await start();
    return {
      url,
      start,
      stop,
      scrape(pipeline) {
        const apps = ["ingestor", "alerter", "forwarder", "remediation", "admin"] as const;
        const targets = apps.map((name) => new URL(pipeline.app(name).url).host);
        writeFileSync(join(dir, "targets/mutt.json"), JSON.stringify([{ targets }]));
      },
      async query(expr) {
        const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
        const answer = (await response.json()) as { data: { result: [] } };
        return answer.data.result;
      },
      [Symbol.asyncDispose]: stop,
    };
  }

  test("it says how the pipeline does, and unknown beside the last state once it is gone", async () => {
    await using prometheus = await startPrometheus();
    await using pipeline = await start("slo prometheus", { PROMETHEUS_URL: prometheus.url });
    prometheus.scrape(pipeline);
    await waitFor(async () => (await prometheus.query("sum(up) == 5")).length === 1, {
      what: "all five apps are scraped",
      timeoutMs: 60_000,
    });
    await makeTraffic(pipeline);
    const known = await untilSlo(
      pipeline,
      "Prometheus has seen the traffic",
      ({ components: { forwarder, ingestor } }) =>
        forwarder.availability !== null &&
        Math.abs(forwarder.availability - 0.8) < 0.02 &&
        (ingestor.events.total ?? 0) > 0,
    );
    expect(known).toMatchObject({
      source: "prometheus",
      prometheus: { available: true, error: null },
      components: { ingestor: { state: "ok", availability: 1 } },
    });

    await prometheus.stop();
    const unknown = await untilSlo(pipeline, "it is away", ({ state }) => state === "unknown");
    expect(unknown.prometheus.available).toBe(false);
    expect(unknown.prometheus.error).toContain("ECONNREFUSED");
    expect(unknown.components.forwarder).toMatchObject({
      state: "unknown",
      reason: "prometheus_unavailable",
      availability: null,
      last_known: { availability: known.components.forwarder.availability },
    });
    const warnings = pipeline
      .app("admin")
      .logs()
      .split("\n")
      .filter((line) => line.includes("asking Prometheus about the objectives: failing"));
    expect(warnings).toHaveLength(1);

    await prometheus.start();
    await untilSlo(pipeline, "it is back", ({ prometheus: { available } }) => available);
  });

  test("it loads the shipped rules, which follow a target that is set at run time", async () => {
    await using prometheus = await startPrometheus();
    await using pipeline = await start("slo rules");
    prometheus.scrape(pipeline);
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { rules: unknown[] }[] } };
    const loaded = data.groups.flatMap(({ rules }) => rules).length;
    const shipped = [...recordingRules().groups, ...alertRules().groups];
    expect(loaded).toBe(shipped.flatMap(({ rules }): unknown[] => rules).length);

    await setSettings(pipeline, { slo_ingest_success_target: "0.9" });
    const target = 'slo:objective:ratio{slo="ingest-availability"}';
    const followed = await waitFor(
      async () => {
        const [sample] = await prometheus.query(target);
        return sample?.value[1] === "0.9" ? sample : undefined;
      },
      { what: "the rules have the target that was set", timeoutMs: 60_000, everyMs: 500 },
    );
    expect(followed.metric).toMatchObject({ slo: "ingest-availability" });
  });
});
