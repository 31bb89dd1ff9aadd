import { expect, test } from "vitest";
import { joinStack } from "./join-stack.ts";

const stack = {
  pid: 42,
  urls: {},
  ingest_key: "i",
  admin_key: "a",
  environment: {
    ingestor: {
      INGESTOR_PORT: "8080",
      REDIS_URL: "redis://:secret@127.0.0.1:7000",
      INGEST_API_KEYS: "local:i",
    },
  },
};

test("takes Redis and keys of the stack, and a port of its own", async () => {
  const { variables, lines } = await joinStack("ingestor", {}, stack);
  expect(variables).toMatchObject({
    REDIS_URL: "redis://:secret@127.0.0.1:7000",
    INGEST_API_KEYS: "local:i",
  });
  expect(variables.INGESTOR_PORT).not.toBe("8080");
  expect(lines.join("\n")).not.toContain("secret");
});

test("what the environment gives wins", async () => {
  const env = { REDIS_URL: "redis://other", INGEST_API_KEYS_FILE: "keys", INGESTOR_PORT: "9000" };
  expect((await joinStack("ingestor", env, stack)).variables).toEqual({});
});

test("without a stack the environment is all there is", async () => {
  expect(await joinStack("ingestor", {}, undefined)).toEqual({ variables: {}, lines: [] });
});
