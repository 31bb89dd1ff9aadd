import { describe, expect, test } from "vitest";
import { z } from "zod";
import { prometheusOptions, sloEnv } from "./env.ts";

const schema = z.object(sloEnv);
const URL = "https://prometheus.example.net/tenant";
const options = (env: Record<string, string>) => prometheusOptions(schema.parse(env));

test("without an address there is no Prometheus", () => {
  expect(options({ PROMETHEUS_BEARER_TOKEN: "t" })).toBeUndefined();
});

test("headers are read one by one", () => {
  const headers = "X-Scope-OrgID: noc; X-Team : on call;";
  expect(options({ PROMETHEUS_URL: URL, PROMETHEUS_HEADERS: headers })).toEqual({
    url: URL,
    headers: { "x-scope-orgid": "noc", "x-team": "on call" },
  });
});

test("a token, or a user with a password, is passed on", () => {
  expect(options({ PROMETHEUS_URL: URL, PROMETHEUS_BEARER_TOKEN: "t0ken" })).toMatchObject({
    bearerToken: "t0ken",
  });
  const pair = { PROMETHEUS_USERNAME: "noc", PROMETHEUS_PASSWORD: "pass" };
  expect(options({ PROMETHEUS_URL: URL, ...pair })).toMatchObject({
    basicAuth: { username: "noc", password: "pass" },
  });
});

describe("what does not go together is refused by name", () => {
  test.each([
    [{ PROMETHEUS_USERNAME: "noc" }, "PROMETHEUS_PASSWORD"],
    [
      { PROMETHEUS_USERNAME: "n", PROMETHEUS_PASSWORD: "p", PROMETHEUS_BEARER_TOKEN: "t" },
      "PROMETHEUS_BEARER_TOKEN",
    ],
    [{ PROMETHEUS_CA_FILE: "/nowhere/ca.pem" }, "PROMETHEUS_CA_FILE"],
  ])("%j", (env, variable) => {
    expect(() => options({ PROMETHEUS_URL: URL, ...(env as Record<string, string>) })).toThrow(
      variable,
    );
  });

  test.each([
    { PROMETHEUS_URL: "ftp://prometheus" },
    { PROMETHEUS_URL: "http://user:pass@prometheus:9090" },
    { PROMETHEUS_HEADERS: "no colon" },
    { PROMETHEUS_HEADERS: "Bad Name: x" },
  ])("%j", (env) => {
    expect(schema.safeParse(env).success).toBe(false);
  });
});
