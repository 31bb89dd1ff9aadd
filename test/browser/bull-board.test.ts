// Bull Board behind the console's door: what it lists, who may replay from it, and how fast.
import { startPipeline, waitFor } from "@mutt/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeEach, expect, test } from "vitest";
import {
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  sendAll,
  untilDelivered,
} from "../e2e/support.ts";
import { openPage, signIn, startBrowser } from "./browser.ts";

/** Between two replays. */
const PAUSE_MS = 100;

const pipeline = await startPipeline({
  testName: "bull-board",
  env: {
    MOOG_MAX_RETRIES: "0",
    REMEDIATION_PAUSE_MS: String(PAUSE_MS),
    // What is dead stays so until somebody asks.
    REMEDIATION_ENABLED: "false",
  },
  prepare: (parts) => putRules(parts, [FORWARD_FAULTS]),
});
const browser = await startBrowser();
afterAll(async () => {
  await browser.close();
  await pipeline[Symbol.asyncDispose]();
});
const url = pipeline.app("admin").url;
const FAILED = "./queues/queue/dlq-forwarder?status=failed";

beforeEach(async () => {
  pipeline.receiver.reset();
  pipeline.receiver.setMode({ mode: "error", status: 500 });
});

async function killAlerts(count: number, label: string): Promise<Set<string>> {
  const before = await jobsIn(pipeline, "dlq-forwarder", "failed");
  const { ids } = await sendAll(pipeline, [faults(count, label)]);
  await waitFor(
    async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === before + count,
    { what: `${count} dead letters are parked`, timeoutMs: 30_000 },
  );
  pipeline.receiver.setMode({ mode: "ok" });
  return ids;
}

test("it lists a dead letter with its error, and an operator's Retry delivers it and is audited", async () => {
  const ids = await killAlerts(1, "retried");
  await using opened = await openPage(browser, url);
  const { page, misdeeds } = opened;
  await signIn(opened, "operator");
  await page.goto(FAILED);
  await page
    .getByText(/HTTP 500 from destination/)
    .first()
    .waitFor();
  // The board's buttons of a job are pictures; their names are shown to who points at them.
  const retry = page.locator("li button:has(svg.lucide-refresh-cw)").last();
  await retry.hover();
  await page.getByText("Retry", { exact: true }).first().waitFor();
  await retry.click();
  await confirm(page);
  await untilDelivered(pipeline.receiver, ids, 30_000);
  const answer = await pipeline.admin("/api/v1/audit?limit=20");
  const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
  expect(items).toContainEqual(
    expect.objectContaining({ actor: "operator", action: expect.stringMatching(/retry/i) }),
  );
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
});

test("a viewer reads it, and a Retry on the wire is a 403 that changes nothing", async () => {
  await killAlerts(1, "looked at");
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer");
  await page.goto(FAILED);
  await page
    .getByText(/HTTP 500 from destination/)
    .first()
    .waitFor();
  const { csrf_token } = (await (await page.request.get("api/v1/session")).json()) as {
    csrf_token: string;
  };
  const failed = await pipeline.redis
    .client()
    .zrange(`${pipeline.prefix}:dlq-forwarder:failed`, 0, "-1");
  const refused = await page.request.put(
    `queues/api/queues/dlq-forwarder/${encodeURIComponent(failed[0] ?? "")}/retry`,
    { headers: { "x-csrf-token": csrf_token } },
  );
  expect(refused.status()).toBe(403);
  expect(await jobsIn(pipeline, "dlq-forwarder", "failed")).toBe(failed.length);
});

test("Retry all replays every one, one after the other at the pace of remediation", async () => {
  const ids = await killAlerts(25, "all at once");
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "operator");
  await page.goto(FAILED);
  await page.getByRole("button", { name: "Retry all", exact: true }).first().click();
  const startedAt = await confirm(page);
  await untilDelivered(pipeline.receiver, ids, 60_000);
  // By the turns that were given: what is on its way for longer may arrive together.
  const budget = `${pipeline.prefix}:replay-budget`;
  const nextTurn = Number(await pipeline.redis.client().hget(budget, "next"));
  expect(nextTurn - startedAt).toBeGreaterThanOrEqual(25 * PAUSE_MS);
});

/** Says yes when the board asks back; gives the moment just before, in epoch milliseconds. */
async function confirm(page: Page): Promise<number> {
  const yes = page.getByRole("button", { name: "Confirm" });
  await yes.waitFor();
  const at = Date.now();
  await yes.click();
  return at;
}
