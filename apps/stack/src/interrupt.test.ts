import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { listenForInterrupt } from "./interrupt.ts";

function setup() {
  const source = new EventEmitter();
  let now = 0;
  const interrupt = listenForInterrupt(source as NodeJS.Process, () => now);
  return {
    interrupt,
    press: (signal: NodeJS.Signals, atMs: number) => {
      now = atMs;
      source.emit(signal);
    },
  };
}

test("the first signal asks for a stop", () => {
  const { interrupt, press } = setup();
  press("SIGTERM", 0);
  expect(interrupt.stop.aborted).toBe(true);
  expect(interrupt.force.aborted).toBe(false);
});

test("the echo of one Ctrl-C is no second wish, a later press is", () => {
  const { interrupt, press } = setup();
  press("SIGINT", 0);
  press("SIGINT", 20);
  expect(interrupt.force.aborted).toBe(false);
  press("SIGINT", 2_000);
  expect(interrupt.force.aborted).toBe(true);
});

test("the loss of the terminal is a wish to stop", () => {
  const { interrupt, press } = setup();
  press("SIGHUP", 0);
  expect(interrupt.stop.aborted).toBe(true);
});
