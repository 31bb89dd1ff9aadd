// Entry point of `npm run screenshots`: the pictures of docs/CONSOLE.md, taken from a real pipeline in trouble.
import { mkdir } from "node:fs/promises";
import { startPipeline, waitFor } from "@mutt/testkit";
import type { Page } from "playwright-core";
import {
  FORWARD_FAULTS,
  faults,
  jobsIn,
  putRules,
  rule,
  sendAll,
  untilDelivered,
} from "../e2e/support.ts";
import { openPage, signIn, startBrowser } from "./browser.ts";
import { seedHistory } from "./seed-history.ts";

const IMAGES = new URL("../../docs/images/", import.meta.url).pathname;

/** Small enough for a page of text, large enough to be read. */
const DESKTOP = { width: 1120, height: 760 };
const PHONE = { width: 375, height: 720 };

const HISTORY_HOURS = 24;

await using pipeline = await startPipeline({
  testName: "screenshots",
  env: {
    MOOG_MAX_RETRIES: "1",
    MOOG_RETRY_BASE_MS: "50",
    REMEDIATION_ENABLED: "false",
    // The whole window has a past, so that the objectives can be told.
    SLO_WINDOW_HOURS: String(HISTORY_HOURS),
  },
  prepare: async (parts) => {
    await seedHistory(parts, HISTORY_HOURS);
    await putRules(parts, [
      FORWARD_FAULTS,
      rule({ name: "Link down", match_type: "regex", match_string: "changed state to down" }),
      rule({ name: "UPS on battery", match_type: "oid_prefix", trap_oid: "1.3.6.1.4.1.318" }),
      rule({ name: "Chatter", match_string: "chatter", prod_handling: "Ignore", is_active: false }),
    ]);
  },
});
await using browser = await startBrowser();
await mkdir(IMAGES, { recursive: true });
const waiting = await makeTrouble();

const url = pipeline.app("admin").url;
await using desktop = await openPage(browser, url, { viewport: DESKTOP });
await desktop.page.goto("./");
await desktop.page.getByLabel("Key").waitFor();
await shoot(desktop.page, "sign-in");
await signIn(desktop, "admin");
await untilDrawn(desktop.page);
await shoot(desktop.page, "overview");

await desktop.page.goto("./dead-letters");
await desktop.page.getByRole("button", { name: "Plan a redrive", exact: true }).first().waitFor();
await shoot(desktop.page, "dead-letters");
await desktop.page.getByRole("button", { name: "Plan a redrive", exact: true }).first().click();
await desktop.page.getByLabel("Reason").fill("The platform is back, its certificate was renewed");
await shoot(desktop.page, "redrive");
await desktop.page.keyboard.press("Escape");

await desktop.page.goto(`./alerts/${waiting}`);
await desktop.page.getByText("What happened").waitFor();
await shoot(desktop.page, "alert");

await desktop.page.goto("./rules");
await desktop.page.getByLabel("Host", { exact: true }).first().fill("core-sw1.example.net");
await desktop.page
  .getByLabel("Message", { exact: true })
  .fill("%LINK-3-UPDOWN: Interface Te1/0/3, changed state to down");
await desktop.page.getByRole("button", { name: "Test" }).click();
await desktop.page.getByText("What each rule says").click();
await shoot(desktop.page, "rules");

await desktop.page.goto("./configuration");
await desktop.page.getByText("moog_rate_limit").first().waitFor();
await shoot(desktop.page, "configuration");

await using phone = await openPage(browser, url, {
  viewport: PHONE,
  colorScheme: "dark",
  isMobile: true,
});
await signIn(phone, "operator");
await untilDrawn(phone.page);
await shoot(phone.page, "phone");

/** Alerts that arrive, some that die, and a receiver that refuses the key; gives the id of one that waits for it. */
async function makeTrouble(): Promise<string> {
  const arriving = await sendAll(pipeline, [faults(200, "interface")]);
  await untilDelivered(pipeline.receiver, arriving.ids);
  pipeline.receiver.setMode({ mode: "error", status: 500 });
  await sendAll(pipeline, [faults(24, "upstream")]);
  await waitFor(async () => (await jobsIn(pipeline, "dlq-forwarder", "failed")) >= 24, {
    what: "the dead letters are parked",
    timeoutMs: 60_000,
  });
  pipeline.receiver.setMode({ mode: "unauthorized" });
  const { ids } = await sendAll(pipeline, [faults(12, "waiting")]);
  await waitFor(
    () => pipeline.app("forwarder").metric("mutt_circuit_breaker_state", { state: "open" }),
    { what: "the breaker opens", timeoutMs: 30_000 },
  );
  const [id = ""] = ids;
  return id;
}

/** The five cards and the charts of the overview are there. */
async function untilDrawn(page: Page): Promise<void> {
  await page.getByRole("article").nth(4).waitFor();
  await page.getByText("No samples yet").first().waitFor({ state: "detached" });
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.waitForLoadState("networkidle", { timeout: 3_000 }).catch(() => {});
  await page.screenshot({ path: `${IMAGES}${name}.png` });
}
