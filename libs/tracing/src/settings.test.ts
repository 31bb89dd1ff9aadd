import { describe, expect, test } from "vitest";
import { TracingEnv, tracingSettings } from "./settings.ts";

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

const settings = (env: Record<string, string>) => tracingSettings(TracingEnv.parse(env));

describe("tracingSettings", () => {
  test("are none without an endpoint, whatever else is set", () => {
    expect(settings({ OTEL_TRACES_SAMPLER: "always_on" })).toBeUndefined();
  });

  test.each([
    ["http://collector:4318", "http://collector:4318/v1/traces"],
    ["http://collector:4318/", "http://collector:4318/v1/traces"],
    ["https://traces.example.net/otlp/", "https://traces.example.net/otlp/v1/traces"],
  ])("send what goes to %s to %s", (endpoint, url) => {
    expect(settings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })?.url).toBe(url);
  });

  test("follow the sender's decision and keep all else by default", () => {
    expect(settings(ENDPOINT)).toMatchObject({
      headers: {},
      serviceName: undefined,
      sampler: "parentbased_always_on",
      ratio: 1,
    });
  });

  test("decode the headers", () => {
    const list = "authorization=Bearer%20abc=, x-team = network";
    expect(settings({ ...ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: list })?.headers).toEqual({
      authorization: "Bearer abc=",
      "x-team": "network",
    });
  });

  test.each(["0", "1", "0.25", ".5", "1.0"])("take %s as a share", (given) => {
    expect(settings({ ...ENDPOINT, OTEL_TRACES_SAMPLER_ARG: given })?.ratio).toBe(Number(given));
  });
});

describe("TracingEnv refuses", () => {
  test.each([
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector:4317"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "just-a-key"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "a name=value"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "key=100%"],
    ["OTEL_EXPORTER_OTLP_HEADERS", "key=a%0d%0ab"],
    ["OTEL_TRACES_SAMPLER", "sometimes"],
    ["OTEL_TRACES_SAMPLER_ARG", "1.5"],
    ["OTEL_TRACES_SAMPLER_ARG", "half"],
    ["OTEL_TRACES_SAMPLER_ARG", "-0.1"],
  ])("%s=%s with what is expected", (variable, value) => {
    const { error } = TracingEnv.safeParse({ [variable]: value });
    expect(error?.issues).toEqual([
      expect.objectContaining({ path: [variable], message: expect.stringMatching(/^expected /) }),
    ]);
  });
});
