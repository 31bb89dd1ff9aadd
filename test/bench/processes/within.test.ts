import { expect, test } from "vitest";
import { within } from "./within.ts";

test("what comes in time is passed on", async () => {
  expect(await within(Promise.resolve(7), { what: "seven", limitMs: 1000 })).toBe(7);
});

test("what does not come in time is named", async () => {
  const never = new Promise<void>(() => {});

  await expect(within(never, { what: "Godot arrives", limitMs: 5 })).rejects.toThrow(
    "in vain: Godot arrives",
  );
});
