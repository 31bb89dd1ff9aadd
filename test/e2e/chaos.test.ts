// The chaos suite in its short form: one seed of `npm run chaos`, and what its seeds have found, each by itself.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APPS } from "@mutt/stack";
import { startPipeline, waitFor } from "@mutt/testkit";
import { expect, test } from "vitest";
import { formatFault } from "../chaos/faults/fault.ts";
import { QUICK_SECONDS } from "../chaos/options.ts";
import { runSeed } from "../chaos/run-seed.ts";
import { FORWARD_FAULTS, faults, putRules, sendAll } from "./support.ts";

/** Kills four apps, freezes Redis, cuts the receiver off and lets it throttle. */
const SEED = 1;

test("twenty seconds of faults lose nothing that was answered 202, and everything is well again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "mutt-chaos-test-"));
  const result = await runSeed({ seed: SEED, seconds: QUICK_SECONDS, directory });
  const isClean = result.violations.length === 0;
  const stories = isClean ? "" : await readFile(join(directory, "stories.txt"), "utf8");
  const schedule = result.schedule.map(formatFault).join("\n");
  expect(result.violations, `seed ${SEED}: ${result.summary}\n${schedule}\n${stories}`).toEqual([]);
  await rm(directory, { recursive: true });
}, 300_000);

test("SIGTERM while Redis is frozen ends every app with 0 within a short deadline, with work in hand", {
  // Between giving back and the deadline lies a second: a machine that stands still for it gets another try.
  retry: 2,
}, async () => {
  await using pipeline = await startPipeline({
    testName: "frozen",
    env: { SHUTDOWN_TIMEOUT_MS: "5000", MOOG_TIMEOUT_MS: "60000" },
    prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
  });
  pipeline.receiver.setMode({ mode: "hang" });
  await sendAll(pipeline, [faults(4)]);
  await waitFor(() => pipeline.receiver.stats().requests > 0, { what: "a delivery hangs" });
  pipeline.redis.freeze();
  const apps = APPS.map((name) => pipeline.app(name));
  const ends = await Promise.all(apps.map((app) => app.stop()));
  expect(
    ends.map(({ code }, index) => [apps[index]?.name, code]),
    apps.map((app) => app.logs().slice(-500)).join("\n"),
  ).toEqual(APPS.map((name) => [name, 0]));
  // Not in silence: these have counted, and could not write it any more.
  for (const name of ["ingestor", "alerter", "forwarder"] as const) {
    const loss = "the last counts of the history could not be written";
    expect(pipeline.app(name).logs()).toContain(loss);
  }
  pipeline.redis.thaw();
});
