import { expect, test } from "vitest";
import { waitFor } from "./wait-for.ts";

test("gives what the condition gave at last", async () => {
  let asked = 0;
  const value = await waitFor(() => (++asked < 3 ? undefined : "there"), {
    what: "it",
    everyMs: 1,
  });
  expect([value, asked]).toEqual(["there", 3]);
});

test("a condition that throws is not met yet, and its error explains the failure", async () => {
  const failing = () => {
    throw new Error("refused");
  };
  const waiting = waitFor(failing, { what: "the app to answer", timeoutMs: 10, everyMs: 1 });
  await expect(waiting).rejects.toMatchObject({
    message: "waited 10 ms in vain: the app to answer",
    cause: new Error("refused"),
  });
});
