import { expect, test } from "vitest";
import { additionsFor, serviceEnv } from "./service-env.ts";

const ports = { ingestor: 1, alerter: 2, forwarder: 3, remediation: 4, admin: 5, receiver: 6 };
const made = {
  INGEST_API_KEYS: "local:i",
  ADMIN_API_KEYS: "admin:admin:a",
  MOOG_API_KEY: "m",
  MOOG_WEBHOOK_URL: "http://127.0.0.1:6/webhook",
  REDIS_URL: "redis://:r@127.0.0.1:7",
};

test("hands on what was given, run-time settings included", () => {
  const env = serviceEnv("alerter", { PATH: "/bin", ALERTER_MAX_RETRIES: "1" }, { ports, made });
  expect(env).toEqual({
    PATH: "/bin",
    ALERTER_MAX_RETRIES: "1",
    ALERTER_PORT: "2",
    REDIS_URL: made.REDIS_URL,
  });
});

test.each([
  ["ingestor", ["INGEST_API_KEYS", "REDIS_URL"]],
  ["alerter", ["REDIS_URL"]],
  ["forwarder", ["MOOG_API_KEY", "MOOG_WEBHOOK_URL", "REDIS_URL"]],
  ["remediation", ["REDIS_URL"]],
  ["admin", ["ADMIN_API_KEYS", "REDIS_URL"]],
  ["receiver", ["MOOG_API_KEY"]],
] as const)("%s holds no secret of another", (name, held) => {
  // Given ones are kept apart in the same way as made ones.
  for (const env of [
    serviceEnv(name, made, { ports, made: {} }),
    additionsFor(name, { ports, made }),
  ]) {
    expect(
      Object.keys(env)
        .filter((key) => !key.endsWith("_PORT"))
        .sort(),
    ).toEqual(held);
  }
});
