// The trap handler of docs/examples, as snmptrapd runs it: a trap on standard input, real curl, real ingest.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Pipeline, startPipeline, TEST_KEYS, waitFor } from "@mutt/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putRules, rule } from "./support.ts";

let pipeline: Pipeline;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "mutt-trap-"));
  await writeFile(join(dir, "key"), TEST_KEYS.ingest, { mode: 0o600 });
  pipeline = await startPipeline({
    testName: "trap",
    apps: ["ingestor", "alerter", "forwarder"],
    prepare: (parts) =>
      putRules(parts, [
        rule({ name: "link", match_type: "oid_prefix", trap_oid: "1.3.6.1.6.3.1.1.5" }),
      ]),
  });
});
afterAll(async () => {
  await pipeline[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

function handle(lines: string[], keyFile = join(dir, "key")): Promise<number | null> {
  const child = spawn("sh", ["docs/examples/snmptrapd-to-mutt.sh"], {
    env: {
      ...process.env,
      MUTT_URL: `${pipeline.app("ingestor").url}/api/v1/ingest`,
      MUTT_KEY_FILE: keyFile,
    },
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin.end(`${lines.join("\n")}\n`);
  return new Promise((resolve) => child.once("exit", resolve));
}

test("a trap with quotes, backslashes and tabs in its values arrives as it was sent", async () => {
  const nasty = String.raw`STRING: "Gi0/1 \"uplink\" to C:\temp"` + "\tand more; $(reboot) `id`";
  const code = await handle([
    "core-1.example.net",
    "UDP: [192.0.2.7]:50123->[192.0.2.1]:162",
    ".1.3.6.1.2.1.1.3.0 0:1:02:03.45",
    ".1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.6.3.1.1.5.3",
    `.1.3.6.1.2.1.2.2.1.2.7 ${nasty}`,
  ]);
  expect(code).toBe(0);
  await waitFor(() => pipeline.receiver.alerts().length === 1, { what: "the alert arrives" });
  const alert = pipeline.receiver.alerts()[0]?.alert as {
    source: string;
    type: string;
    custom_info: { event: { trap_oid: string; attributes: Record<string, unknown> } };
  };
  expect(alert).toMatchObject({ source: "core-1.example.net", type: "snmp_trap" });
  expect(alert.custom_info.event.trap_oid).toBe("1.3.6.1.6.3.1.1.5.3");
  expect(JSON.stringify(alert.custom_info.event)).toContain(JSON.stringify(nasty).slice(1, -1));
});

test("a trap of an unknown host goes by its address, and a wrong key is an exit code that snmptrapd logs", async () => {
  const trap = [
    "<UNKNOWN>",
    "UDP: [192.0.2.9]:1->[192.0.2.1]:162",
    ".1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.6.3.1.1.5.4",
  ];
  expect(await handle(trap)).toBe(0);
  await waitFor(
    () =>
      pipeline.receiver
        .alerts()
        .some(({ alert }) => (alert as { source: string }).source === "192.0.2.9"),
    { what: "the alert arrives under the address" },
  );
  await writeFile(join(dir, "wrong"), "not-the-key-0123456789", { mode: 0o600 });
  expect(await handle(trap, join(dir, "wrong"))).not.toBe(0);
});
