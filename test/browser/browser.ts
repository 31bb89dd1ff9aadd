import { execFileSync } from "node:child_process";
import { ensureChromium } from "@mutt/machine-packages";
import { TEST_KEYS } from "@mutt/testkit";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";

/** A headless browser; disposing of it closes every page. */
export async function startBrowser(): Promise<Browser> {
  const { command } = await ensureChromium({ log: () => {} });
  // Playwright wants a path, not a name.
  const executablePath = execFileSync("which", [command], { encoding: "utf8" }).trim();
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** What must not happen on any page. */
interface Misdeeds {
  /** Errors in the console, where Chromium also reports breaches of the page's policy. */
  errors: string[];
  /** Requests to another origin. */
  foreign: string[];
}

/** A page that is watched. */
export interface Watched extends AsyncDisposable {
  page: Page;
  misdeeds: Misdeeds;
}

/** Roles for which a test pipeline has a key. */
type Role = "viewer" | "operator" | "admin";

/** Opens a page that is watched from its first request on; nobody is signed in. */
export async function openPage(
  browser: Browser,
  baseUrl: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ baseURL: `${baseUrl}/`, ...options });
  // Well below the time of a whole test: what does not come is named.
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const misdeeds: Misdeeds = { errors: [], foreign: [] };
  const origin = new URL(baseUrl).origin;
  page.on("console", (message) => {
    const error = `${message.text()} (${message.location().url})`;
    // A page asks again by itself when Redis was slow once; where it stays away, what the test waits for does not come.
    const passes = /status of 503 .*\/api\//.test(error);
    // Warnings are Bull Board's advice to itself, such as what it preloaded in vain.
    if (message.type() === "error" && !passes) misdeeds.errors.push(error);
  });
  page.on("pageerror", (error) => misdeeds.errors.push(String(error)));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) misdeeds.foreign.push(request.url());
  });
  return { page, misdeeds, [Symbol.asyncDispose]: () => context.close() };
}

/** Signs in through the page and waits for what shows that one is in. */
export async function signIn(
  { page, misdeeds }: Watched,
  role: Role,
  path = "./",
  inside = page.getByRole("button", { name: "Sign out" }),
): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Key").fill(TEST_KEYS[role]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await inside.waitFor();
  // The browser itself logs the 401 by which the page learns that nobody is signed in.
  misdeeds.errors = misdeeds.errors.filter((error) => !/401 .*api\/v1\/session/.test(error));
}

/** How many pixels of a canvas have about this colour, `#rrggbb`. */
export async function pixelsOf(canvas: Locator, colour: string): Promise<number> {
  return await canvas.evaluate((element, hex) => {
    if (!(element instanceof HTMLCanvasElement)) return 0;
    const { width, height } = element;
    const pixels = element.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      const isOpaque = (pixels[at + 3] ?? 0) > 200;
      if (isOpaque && wanted.every((part, i) => Math.abs((pixels[at + i] ?? 0) - part) < 16))
        count++;
    }
    return count;
  }, colour);
}
