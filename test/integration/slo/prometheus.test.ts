// The way from Prometheus' HTTP API to what an objective is judged by.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPrometheus, type PrometheusOptions, readSlos } from "@mutt/prometheus";
import { DEFAULT_SLO_SETTINGS, reportSlos, SLOS, sloQueries } from "@mutt/slo";
import { describe, expect, onTestFinished, test } from "vitest";
import { counted, type FakeAnswer, startFakePrometheus, vector } from "./fake-prometheus.ts";

const NOW = new Date("2026-11-23T15:12:00.000Z");

async function setup(
  options: Partial<PrometheusOptions> = {},
  tls?: { cert: string; key: string },
) {
  const fake = await startFakePrometheus(tls);
  const client = openPrometheus({ url: fake.url, ...options });
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });
  const results: string[] = [];
  const read = (deadlineMs = 15_000) =>
    readSlos(client, {
      settings: DEFAULT_SLO_SETTINGS,
      now: NOW,
      signal: AbortSignal.timeout(deadlineMs),
      onQuery: (result) => results.push(result),
    });
  return { fake, read, results };
}

test("asks every query of both objectives once, at the same moment, by POST", async () => {
  const { fake, read, results } = await setup();
  fake.answer(counted());
  await read();
  const all = Object.values(SLOS).flatMap((slo) => {
    const { age, windows, period } = sloQueries(slo, DEFAULT_SLO_SETTINGS);
    return [age, ...[period, ...windows].flatMap((each) => [each.total, each.bad, each.coverage])];
  });
  expect(fake.asked.map(({ query }) => query).toSorted()).toEqual(all.toSorted());
  expect(new Set(fake.asked.map(({ time }) => time))).toEqual(new Set(["1795446720"]));
  expect(new Set(fake.asked.map(({ method }) => method))).toEqual(new Set(["POST"]));
  expect(new Set(results)).toEqual(new Set(["ok"]));
});

test("turns its answers into counts by window", async () => {
  const { fake, read } = await setup();
  fake.answer(counted({ total: 200, badShare: (range) => (range === "1h" ? 0.25 : 0.01) }));
  const { readings, error, warnings } = await read();
  expect({ error, warnings }).toEqual({ error: null, warnings: [] });
  expect(readings.forwarder).toMatchObject({
    kind: "counts",
    ageSeconds: 3,
    period: { total: 200, bad: 2, coverage: 1 },
    windows: { "1h": { total: 200, bad: 50 }, "5m": { total: 200, bad: 2 } },
  });
});

describe("without a usable number the reading says why", () => {
  const broken: [string, FakeAnswer, string][] = [
    ["no sample at all", vector(null), "metrics_absent"],
    ["NaN", vector("NaN"), "bad_value"],
    ["+Inf", vector("+Inf"), "bad_value"],
    ["-Inf", vector("-Inf"), "bad_value"],
    ["text for a number", vector("many"), "query_error"],
    ["an empty value", vector(""), "query_error"],
    [
      "several series",
      {
        body: {
          status: "success",
          data: {
            resultType: "vector",
            result: [
              { metric: { a: "1" }, value: [0, "1"] },
              { metric: { a: "2" }, value: [0, "2"] },
            ],
          },
        },
      },
      "query_error",
    ],
    [
      "a matrix",
      { body: { status: "success", data: { resultType: "matrix", result: [] } } },
      "query_error",
    ],
    [
      "400 bad_data",
      { status: 400, body: { status: "error", errorType: "bad_data", error: "parse error" } },
      "query_error",
    ],
    [
      "422 execution",
      { status: 422, body: { status: "error", errorType: "execution", error: "many-to-many" } },
      "query_error",
    ],
    [
      "503 timeout",
      { status: 503, body: { status: "error", errorType: "timeout", error: "query timed out" } },
      "prometheus_unavailable",
    ],
    ["502 of a proxy", { status: 502, body: "<html>Bad Gateway</html>" }, "prometheus_unavailable"],
    ["401", { status: 401, body: "Unauthorized" }, "query_error"],
    ["a redirect", { status: 302, body: "" }, "query_error"],
    ["an error with status 200", { body: { status: "error", error: "no" } }, "query_error"],
    ["something that is not JSON", { body: "<html></html>" }, "query_error"],
    ["JSON of another kind", { body: "[1]" }, "query_error"],
    ["no data", { body: { status: "success" } }, "query_error"],
    ["a body without end", { body: "x".repeat(300_000) }, "query_error"],
    ["a broken connection", "reset", "prometheus_unavailable"],
    ["silence", "hang", "prometheus_unavailable"],
  ];
  test.each(broken)("%s", async (_what, answer, reason) => {
    const { fake, read } = await setup();
    fake.answer(() => answer);
    const { readings } = await read(answer === "hang" ? 300 : undefined);
    expect(readings.ingestor).toEqual({ kind: "none", reason });
    expect(readings.forwarder).toEqual({ kind: "none", reason });
    const report = reportSlos({
      readings,
      settings: DEFAULT_SLO_SETTINGS,
      lastKnown: {},
      now: NOW,
    });
    expect(report.state).toBe("unknown");
    expect(JSON.stringify(report)).not.toMatch(/NaN|Inf/);
  });
});

test("series without traffic are told from series that are not there", async () => {
  const { fake, read } = await setup();
  fake.answer((query) => (query.startsWith("time()") ? vector(3) : vector(0)));
  const { readings } = await read();
  expect(readings.ingestor).toMatchObject({ kind: "counts", period: { total: 0, bad: 0 } });
});

test("one objective that cannot be read leaves the other one alone", async () => {
  const { fake, read } = await setup();
  const good = counted();
  fake.answer((query) =>
    query.includes("mutt_forward") ? { status: 422, body: "{}" } : good(query),
  );
  const { readings, error } = await read();
  expect(readings.ingestor.kind).toBe("counts");
  expect(readings.forwarder).toEqual({ kind: "none", reason: "query_error" });
  expect(error).toBe("HTTP 422");
});

test("warnings are passed on, each once", async () => {
  const { fake, read } = await setup();
  fake.answer(() => vector(1, { warnings: ["a store did not answer"] }));
  expect((await read()).warnings).toEqual(["a store did not answer"]);
});

test("the deadline holds for all queries together", async () => {
  const { fake, read, results } = await setup();
  fake.answer(() => "hang");
  const startedAt = performance.now();
  const { error } = await read(400);
  expect(performance.now() - startedAt).toBeLessThan(4000);
  expect(error).toBe("no answer in time");
  expect(new Set(results)).toEqual(new Set(["unavailable"]));
});

test("a connection that was closed while idle costs nothing", async () => {
  const { fake, read } = await setup();
  let resets = 16;
  const good = counted();
  fake.answer((query) => (resets-- > 0 ? "reset" : good(query)));
  expect((await read()).error).toBeNull();
});

test("nobody there is told as such", async () => {
  const { fake, read } = await setup();
  await fake[Symbol.asyncDispose]();
  const { readings, error } = await read();
  expect(readings.ingestor).toEqual({ kind: "none", reason: "prometheus_unavailable" });
  expect(error).toContain("ECONNREFUSED");
});

describe("on its way it sends", () => {
  const asked = async (options: Partial<PrometheusOptions>) => {
    const { fake, read } = await setup(options);
    await read();
    return fake.asked[0];
  };

  test("a bearer token", async () => {
    expect((await asked({ bearerToken: "t0ken" }))?.headers.authorization).toBe("Bearer t0ken");
  });

  test("a user and a password", async () => {
    const basicAuth = { username: "noc", password: "pa:ss" };
    expect((await asked({ basicAuth }))?.headers.authorization).toBe("Basic bm9jOnBhOnNz");
  });

  test("further headers", async () => {
    const headers = { "x-scope-orgid": "noc" };
    expect((await asked({ headers }))?.headers["x-scope-orgid"]).toBe("noc");
  });

  test("the path of a Prometheus behind a proxy", async () => {
    const { fake } = await setup();
    const client = openPrometheus({ url: `${fake.url}/prometheus/` });
    onTestFinished(() => client[Symbol.asyncDispose]());
    await client.query("1", { time: NOW, signal: AbortSignal.timeout(15_000) });
    expect(fake.asked[0]?.path).toBe("/prometheus/api/v1/query");
  });
});

describe("over TLS", () => {
  const makeCertificate = () => {
    const dir = mkdtempSync(join(tmpdir(), "mutt-test-tls-"));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const subject = ["-subj", "/CN=prometheus", "-addext", "subjectAltName=IP:127.0.0.1"];
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync(
      "openssl",
      ["req", ...kind, ...subject, "-days", "1", "-out", cert, "-keyout", key],
      {
        stdio: "pipe",
      },
    );
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  };

  test("it is trusted with the certificate of its authority", async () => {
    const certificate = makeCertificate();
    const { fake, read } = await setup({ ca: certificate.cert }, certificate);
    fake.answer(counted());
    expect((await read()).error).toBeNull();
  });

  test("it is not trusted without", async () => {
    const { fake, read } = await setup({}, makeCertificate());
    fake.answer(counted());
    const { readings, error } = await read();
    expect(readings.ingestor).toEqual({ kind: "none", reason: "prometheus_unavailable" });
    expect(error).toContain("self-signed");
    expect(fake.asked).toEqual([]);
  });
});
