import { expect, test } from "vitest";
import { keysOf } from "./keys.ts";
import { parseSettings } from "./settings.ts";

const credentials = {
  ingest_key: "i".repeat(32),
  admin_key: "a".repeat(32),
  operator_key: "o".repeat(32),
  viewer_key: "v".repeat(32),
  moog_api_key: "m".repeat(32),
  redis_password: "r".repeat(32),
};

test("makes and shows keys when none are given", async () => {
  const keys = await keysOf(parseSettings({}), credentials);
  expect(keys.made.INGEST_API_KEYS).toBe(`local:${credentials.ingest_key}`);
  expect(keys.made.ADMIN_API_KEYS?.split(",")).toContain(`viewer:viewer:${credentials.viewer_key}`);
  expect(keys.shown.map(({ role }) => role)).toEqual(["ingest", "admin", "operator", "viewer"]);
});

test("uses given keys as they are and does not show them", async () => {
  const settings = parseSettings({
    INGEST_API_KEYS: "one:first-secret-0123456, two:second-secret",
    ADMIN_API_KEYS: "eve:viewer:viewer-secret,ada:admin:admin-secret",
  });
  const keys = await keysOf(settings, credentials);
  expect(keys).toEqual({
    made: {},
    ingest: "first-secret-0123456",
    admin: "admin-secret",
    shown: [],
  });
});

test("names the variable whose file cannot be read", async () => {
  const settings = parseSettings({ INGEST_API_KEYS_FILE: "/nowhere/keys" });
  await expect(keysOf(settings, credentials)).rejects.toThrow(
    "INGEST_API_KEYS_FILE cannot be read",
  );
});
