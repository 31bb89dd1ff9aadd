// The operator console before a real pipeline: what a person does there, and what it does.
import { startPipeline, waitFor } from "@mutt/testkit";
import type { Page } from "playwright-core";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { FORWARD_FAULTS, faults, jobsIn, putRules, rule, sendAll } from "../e2e/support.ts";
import { openPage, pixelsOf, signIn, startBrowser } from "./browser.ts";
import { seedHistory } from "./seed-history.ts";

const pipeline = await startPipeline({
  testName: "console",
  env: {
    MOOG_MAX_RETRIES: "0",
    MOOG_RETRY_BASE_MS: "50",
    // So many alerts fail here that the breaker would open, and a redrive wait for it.
    CIRCUIT_BREAKER_THRESHOLD: "1000",
    // Dead letters wait for a person here.
    REMEDIATION_ENABLED: "false",
  },
  prepare: async (parts) => {
    await seedHistory(parts, 2);
    await putRules(parts, [
      { ...FORWARD_FAULTS, id: 1 },
      { ...rule({ name: "chatter", match_string: "chatter", prod_handling: "Log_only" }), id: 2 },
    ]);
  },
});
const browser = await startBrowser();
afterAll(async () => {
  await browser.close();
  await pipeline[Symbol.asyncDispose]();
});
const url = pipeline.app("admin").url;

/** Makes dead letters of faults that the receiver answers with 500. */
async function killAlerts(count: number, label: string): Promise<Set<string>> {
  const before = await jobsIn(pipeline, "dlq-forwarder", "failed");
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  const { ids } = await sendAll(pipeline, [faults(count, label)]);
  await waitFor(
    async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) === before + count,
    { what: `${count} dead letters are parked`, timeoutMs: 30_000 },
  );
  pipeline.receiver.setMode({ mode: "ok" });
  return ids;
}

/** The newest audit entries. */
async function audit(): Promise<{ actor: string; action: string; target: string }[]> {
  const read = async () => {
    const answer = await pipeline.admin("/api/v1/audit?limit=50");
    const { items } = (await answer.json()) as {
      items?: { actor: string; action: string; target: string }[];
    };
    return items;
  };
  return await waitFor(read, { what: "the audit log is read" });
}

beforeEach(() => pipeline.receiver.setMode({ mode: "ok" }));

const PAGES = ["", "dead-letters", "alerts", "rules", "configuration", "audit"];

describe("every page", () => {
  test.each(["light", "dark"] as const)(
    "in %s logs no error, breaks no policy and asks nobody else",
    async (colorScheme) => {
      await using opened = await openPage(browser, url, { colorScheme });
      await signIn(opened, "admin");
      for (const path of [...PAGES, "queues/"]) {
        await opened.page.goto(`./${path}`);
        await opened.page.waitForLoadState("networkidle").catch(() => {});
      }
      expect(opened.misdeeds).toEqual({ errors: [], foreign: [] });
    },
  );

  test("fits a phone without scrolling sideways", async () => {
    await using opened = await openPage(browser, url, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    const { page } = opened;
    await signIn(opened, "admin");
    for (const path of PAGES) {
      await page.goto(`./${path}`);
      // The page of the alerts has nothing to show before it is asked.
      const sign = path === "alerts" ? "Tell its story" : "Live";
      await page.getByText(sign).first().waitFor();
      const [content, screen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        innerWidth,
      ]);
      expect(content, path).toBe(screen);
    }
  });

  test("says how old its data is while the server is away, and goes on when it is back", async () => {
    await using opened = await openPage(browser, url);
    const { page } = opened;
    await signIn(opened, "viewer");
    await page.getByText("Live").first().waitFor();
    await page.route("**/api/v1/**", (route) => route.abort());
    await page
      .getByText(/Data is .* old: the server cannot be reached/)
      .first()
      .waitFor();
    await page.unroute("**/api/v1/**");
    await page.getByText("Live").first().waitFor();
  });
});

/** A line that each chart of the overview has, in the order of the charts, by the colours of styles.css. */
const LINES = ["#1f5fae", "#b3541e", "#1a7446"];

test("the overview draws its charts: each canvas holds its lines", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer");
  const canvases = page.locator("canvas");
  await expect.poll(() => canvases.count()).toBe(LINES.length);
  for (const [index, colour] of LINES.entries()) {
    await expect
      .poll(() => pixelsOf(canvases.nth(index), colour), { timeout: 20_000 })
      .toBeGreaterThan(50);
  }
});

test("tells the story of an event by its id: delivered, or in which queue it is dead", async () => {
  const [dead = ""] = await killAlerts(1, "told");
  const [delivered = ""] = (await sendAll(pipeline, faults(1, "arrived"))).ids;
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer");
  await page.getByRole("link", { name: "Find an event" }).click();
  await page.getByLabel("Id of an event").fill(delivered);
  await page.getByRole("button", { name: "Tell its story" }).click();
  await page.getByText('faults: the message contains "fault"').waitFor();
  await page.getByText("delivered", { exact: true }).first().waitFor();

  await page.getByLabel("Id of an event").fill(dead);
  await page.keyboard.press("Enter");
  await page.getByText(/attempt 1 failed: .*500/).waitFor();
  await page.getByRole("link", { name: "dlq-forwarder" }).click();
  await page
    .getByText(/told 0: fault/)
    .first()
    .waitFor();

  await page.goto("./alerts/nobody");
  await page.getByText(/no event of this id waits/).waitFor();
  expect(opened.misdeeds.foreign).toEqual([]);
});

test("a viewer sees no button that changes anything, and on the wire a change is a 403", async () => {
  await killAlerts(1, "viewed");
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer", "./dead-letters");
  await page
    .getByText(/viewed 0: fault/)
    .first()
    .waitFor();
  expect(await page.getByRole("button", { name: /redrive|quarantine/i }).count()).toBe(0);
  const { csrf_token } = (await (await page.request.get("api/v1/session")).json()) as {
    csrf_token: string;
  };
  const refused = await page.request.post("api/v1/redrives/plan", {
    headers: { "x-csrf-token": csrf_token },
    data: { filter: { class: "transient_downstream" } },
  });
  expect(refused.status()).toBe(403);
});

test("a redrive goes from its plan to its end: confirmed with a reason, delivered, audited", async () => {
  const ids = await killAlerts(8, "redriven");
  await using opened = await openPage(browser, url);
  const { page, misdeeds } = opened;
  await signIn(opened, "operator", "./dead-letters");
  await page.getByRole("button", { name: "Plan a redrive", exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/entries would be replayed/).waitFor();
  await dialog.getByLabel("Entries per second, at most").fill("50");
  await dialog.getByLabel("Reason").fill("the platform is back");
  await dialog.getByRole("button", { name: /^Replay \d+ entries$/ }).click();
  await dialog.getByText("done", { exact: true }).waitFor({ timeout: 60_000 });
  await waitFor(
    () => {
      const delivered = new Set(pipeline.receiver.alerts().map((alert) => alert.external_id));
      return [...ids].every((id) => delivered.has(id));
    },
    { what: "the redriven alerts are delivered", timeoutMs: 30_000 },
  );
  const entries = await audit();
  expect(entries.filter(({ actor }) => actor === "operator")[0]).toMatchObject({
    reason: "the platform is back",
  });
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
});

test("a dead letter shows all that was tried and what it holds", async () => {
  await killAlerts(1, "story");
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer", "./dead-letters");
  await page
    .getByRole("link", { name: /story 0: fault/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "What was tried" }).waitFor();
  await page
    .getByText(/HTTP 500 from destination/)
    .first()
    .waitFor();
  expect(await page.locator("pre").textContent()).toContain("story 0: fault");
});

test("a rule that is changed in the page changes what the running alerter does", async () => {
  await using opened = await openPage(browser, url);
  const { page, misdeeds } = opened;
  await signIn(opened, "admin", "./rules");
  await page.getByRole("button", { name: "Edit chatter" }).click();
  await page.getByRole("dialog").getByLabel("In production").selectOption("Page_only");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await waitFor(
    async () => {
      await sendAll(pipeline, [{ hostname: "h", message: "chatter of the rule test" }]);
      return pipeline.receiver
        .alerts()
        .some((received) => JSON.stringify(received).includes("chatter of the rule test"));
    },
    { what: "the alerter forwards what the changed rule says", timeoutMs: 20_000, everyMs: 500 },
  );
  expect((await audit())[0]).toMatchObject({
    actor: "admin",
    target: expect.stringContaining("2"),
  });
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
});

test("an event that is tried in the page meets the rule it would meet, and the others say why not", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "viewer", "./rules");
  await page.getByLabel("Host", { exact: true }).first().fill("h");
  await page.getByLabel("Message", { exact: true }).fill("fault on port 3");
  await page.getByRole("button", { name: "Test" }).click();
  await page.getByText("Rule 1, faults").waitFor();
  await page.getByText("What each rule says").click();
  await page.getByText(/does not contain "chatter"/).waitFor();
});

test("rules are made, moved, switched off, imported with a diff and deleted", async () => {
  await using opened = await openPage(browser, url);
  const { page, misdeeds } = opened;
  await signIn(opened, "admin", "./rules");
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("made here");
  await dialog.getByLabel("Text or expression").fill("made");
  await dialog.getByLabel("Team").fill("network");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Move made here up" }).click();
  await page.getByRole("button", { name: "Move made here up" }).isEnabled();
  await waitFor(async () => (await ruleNames(page))[1] === "made here", { what: "it is second" });

  await page.getByRole("checkbox", { name: "made here is active" }).click();
  await page.locator("tr.row-off", { hasText: "made here" }).waitFor();

  await page.getByRole("button", { name: "Import" }).click();
  await dialog
    .getByLabel("Rules, YAML or JSON")
    .fill(JSON.stringify({ rules: [{ ...rule({ name: "imported", match_string: "imp" }) }] }));
  await dialog.getByRole("button", { name: "Show what it changes" }).click();
  await dialog.getByText("+ imported: message contains").waitFor();
  await dialog.getByLabel("Reason").fill("from the other site");
  await dialog.getByRole("button", { name: "Import" }).click();
  await page.getByText("imported", { exact: true }).waitFor();

  for (const name of ["made here", "imported"]) {
    await page.getByRole("button", { name: `Delete ${name}` }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: `Delete ${name}` }).waitFor({ state: "detached" });
  }
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
});

test("a setting is changed with a reason and reset again; a value that cannot be is refused in words", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "admin", "./configuration");
  await page.getByRole("button", { name: "Change moog_batch_max" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/^Value/).fill("0");
  await dialog.getByLabel("Reason").fill("smaller deliveries");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  expect(await dialog.getByRole("alert").textContent()).toMatch(/whole number from 1/);
  await dialog.getByLabel(/^Value/).fill("7");
  await dialog.getByRole("button", { name: "Change", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  const stored = `${pipeline.prefix}:config:moog_batch_max`;
  expect(await pipeline.redis.client().get(stored)).toBe("7");
  expect((await audit())[0]).toMatchObject({ actor: "admin", target: "moog_batch_max" });

  await page.getByRole("button", { name: "Change moog_batch_max" }).click();
  await dialog.getByLabel("Reason").fill("back");
  await dialog.getByRole("button", { name: /^Reset/ }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await pipeline.redis.client().get(stored)).toBeNull();
});

test("an operator resets the breaker from the overview, with a reason", async () => {
  pipeline.receiver.setMode({ mode: "unauthorized" });
  await sendAll(pipeline, [faults(1, "held back")]);
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await signIn(opened, "operator");
  await page.getByText(/The breaker is open/).waitFor({ timeout: 30_000 });
  pipeline.receiver.setMode({ mode: "ok" });
  await page.getByRole("button", { name: "Reset the breaker" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("the key was renewed");
  await page.getByRole("button", { name: "Reset", exact: true }).click();
  await page.getByText("breaker closed").waitFor();
  expect(await audit()).toContainEqual(
    expect.objectContaining({ actor: "operator", reason: "the key was renewed" }),
  );
});

/** Rule names in the order of the table. */
async function ruleNames(page: Page): Promise<string[]> {
  return await page.locator("tbody tr td strong").allTextContents();
}
