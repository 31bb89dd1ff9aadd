// The door of the operator console, in a real browser.
import { startPipeline, TEST_KEYS } from "@mutt/testkit";
import { afterAll, expect, test } from "vitest";
import { openPage, signIn, startBrowser } from "./browser.ts";

const pipeline = await startPipeline({ testName: "sign-in", apps: ["admin"] });
const browser = await startBrowser();
afterAll(async () => {
  await browser.close();
  await pipeline[Symbol.asyncDispose]();
});
const url = pipeline.app("admin").url;

test("a wrong key is refused in words, and nothing behind the door is shown", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await page.goto("./dead-letters");
  await page.getByLabel("Key").fill("this-is-not-one-of-the-keys");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").textContent()).toMatch(/key/i);
  expect(await page.getByRole("navigation").count()).toBe(0);
});

test("who signs in gets the page that was asked for, and after signing out nothing more", async () => {
  await using opened = await openPage(browser, url);
  const { page, misdeeds } = opened;
  await signIn(opened, "operator", "./dead-letters");
  expect(new URL(page.url()).pathname).toBe("/dead-letters");
  await page.getByRole("heading", { name: "Dead letters", level: 1 }).waitFor();
  await page.getByText("operator operator").waitFor();

  await page.reload();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
  expect((await page.request.get("api/v1/queues")).status()).toBe(401);
});

test("the keyboard alone is enough to sign in, find a page and leave", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await page.goto("./");
  await page.getByLabel("Key").waitFor();
  // The field has the focus already.
  await page.keyboard.type(TEST_KEYS.viewer);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();

  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to the content" });
  expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

  await page.getByRole("link", { name: "Audit", exact: true }).focus();
  const ring = await page.evaluate(() => {
    const element = document.activeElement;
    return element ? getComputedStyle(element).outlineStyle : "";
  });
  expect(ring).toBe("solid");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Audit", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
});

test("under a path of a proxy every page, Bull Board included, finds all that it needs", async () => {
  const path = "/ops/mutt";
  const proxied = await pipeline.spawn("admin", { ADMIN_BASE_PATH: path });
  await using opened = await openPage(browser, `${proxied.url}${path}`);
  const { page, misdeeds } = opened;
  // Bull Board sends to the sign-in, and that back to it.
  await signIn(opened, "viewer", "./queues/", page.getByText("MUTT queues").first());
  expect(new URL(page.url()).pathname).toBe(`${path}/queues/`);
  await page.goto("./dead-letters");
  await page.getByRole("heading", { name: "Dead letters", level: 1 }).waitFor();
  await page.getByRole("link", { name: "Audit", exact: true }).click();
  await page.getByRole("cell", { name: "session.start viewer" }).first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`${path}/audit`);
  expect(misdeeds).toEqual({ errors: [], foreign: [] });
});

test("after many wrong keys the page says how long to wait, and lets nobody try meanwhile", async () => {
  await using opened = await openPage(browser, url);
  const { page } = opened;
  await page.goto("./");
  const alert = page.getByRole("alert");
  // Text and button in one look: the first lock lasts for 5 s.
  const look = () =>
    page.evaluate(() => ({
      text: document.querySelector("[role=alert]")?.textContent ?? "",
      isDisabled: document.querySelector<HTMLButtonElement>("button[type=submit]")?.disabled,
    }));
  let seen: Partial<Awaited<ReturnType<typeof look>>> = {};
  for (let tries = 0; tries < 30 && !seen.text?.includes("Locked"); tries++) {
    await page.getByLabel("Key").fill(`wrong-key-number-${tries}-of-many`);
    const answer = page.waitForResponse((response) => response.url().endsWith("/login"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await (await answer).finished();
    await alert.waitFor();
    seen = await look();
  }
  expect(seen.text).toMatch(/Try again in \d+ s/);
  expect(seen.isDisabled).toBe(true);
});
