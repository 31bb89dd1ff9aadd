import { describe, expect, test } from "vitest";
import { z } from "zod";
import { baseEnv, EnvironmentError, parseEnv, portVariable, secretsIn } from "./env.ts";

const schema = z.object({
  ...baseEnv,
  APP_PORT: portVariable(8080),
  WEBHOOK_URL: z.url({ error: "expected a URL such as https://host/path" }),
});
const good = { WEBHOOK_URL: "https://example.com/hook" };

function problemsOf(env: Record<string, string>): string[] {
  try {
    parseEnv(schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as Error).message.split("\n");
  }
  return [];
}

describe("parseEnv", () => {
  test("fills in defaults for what is not set", () => {
    expect(parseEnv(schema, good)).toEqual({
      ...good,
      HOST: "127.0.0.1",
      LOG_LEVEL: "info",
      SHUTDOWN_TIMEOUT_MS: 25_000,
      QUEUE_PREFIX: "mutt",
      APP_PORT: 8080,
    });
  });

  test("takes a variable that is set but empty for one that is not set", () => {
    expect(parseEnv(schema, { ...good, APP_PORT: "", LOG_LEVEL: " " })).toMatchObject({
      APP_PORT: 8080,
      LOG_LEVEL: "info",
    });
  });

  test("names every bad variable on a line of its own, with the cure", () => {
    expect(problemsOf({ APP_PORT: "http", LOG_LEVEL: "loud" })).toEqual([
      "LOG_LEVEL: expected error, warn, info or debug",
      "APP_PORT: expected a whole number from 0 to 65535, for example 8080",
      "WEBHOOK_URL is not set: expected a URL such as https://host/path",
    ]);
  });

  test("asks to set a variable whose schema has no words of its own", () => {
    expect(() => parseEnv(z.object({ MUST: z.string() }), {})).toThrow("MUST is not set: set it");
  });

  test("never prints a value", () => {
    const text = problemsOf({
      APP_PORT: "hunter2-hunter2",
      WEBHOOK_URL: "hunter2",
      QUEUE_PREFIX: "hunter 2",
    });
    expect(text).toHaveLength(3);
    expect(text.join()).not.toContain("hunter");
  });

  test.each(["1e3", "0x10", "1.5", "-1", "+1", "65536", "9".repeat(30)])(
    "refuses the port %s rather than guess",
    (APP_PORT) => {
      expect(problemsOf({ ...good, APP_PORT })).toHaveLength(1);
    },
  );

  test.each(["mutt", "{mutt}", "team-a.mutt_1"])("takes the queue prefix %s", (QUEUE_PREFIX) => {
    expect(parseEnv(schema, { ...good, QUEUE_PREFIX })).toMatchObject({ QUEUE_PREFIX });
  });

  test.each(["two words", "mutt*", "m?tt"])("refuses the queue prefix %s", (QUEUE_PREFIX) => {
    expect(problemsOf({ ...good, QUEUE_PREFIX })).toHaveLength(1);
  });

  test("takes log levels in any case", () => {
    expect(parseEnv(schema, { ...good, LOG_LEVEL: "WARN" }).LOG_LEVEL).toBe("warn");
  });
});

describe("secretsIn", () => {
  test("finds the secrets of key lists, of single keys and of URLs", () => {
    const secrets = secretsIn({
      INGEST_API_KEYS: "router:first-secret,poller:second-secret",
      ADMIN_API_KEYS: "ann:admin:third-secret",
      MOOG_API_KEY: "fourth-secret",
      REDIS_URL: "redis://:p%40ssword@127.0.0.1:6379/0",
      HOME: "/home/ann",
    });
    for (const secret of ["first", "second", "third", "fourth"]) {
      expect(secrets).toContain(`${secret}-secret`);
    }
    expect(secrets).toEqual(expect.arrayContaining(["p%40ssword", "p@ssword"]));
    expect(secrets).not.toContain("/home/ann");
  });

  test("finds the values of headers, as they are written and as they are sent", () => {
    const secrets = secretsIn({
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20first-secret, x-team=second-secret",
    });
    expect(secrets).toEqual(expect.arrayContaining(["first-secret", "second-secret"]));
    expect(secrets).toContain("Bearer%20first-secret");
  });

  test("survives a password that is not URL-encoded", () => {
    expect(secretsIn({ REDIS_URL: "redis://me:100%sure@host" })).toEqual(["100%sure"]);
  });
});
