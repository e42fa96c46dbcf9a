import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const axePath = createRequire(import.meta.url).resolve("axe-core");

/** A page of a browser, and all that went wrong in it. */
export interface Watched {
  readonly page: Page;
  /** Violations of the Content-Security-Policy, errors in the console, errors that nobody caught. Empty when all is well. */
  readonly faults: string[];
  /** Runs axe on what is there now, all of its rules or these; throws with every violation. */
  assertAccessible(what: string, rules?: readonly string[]): Promise<void>;
  /** Nothing is wider than the window. */
  assertNoSidewaysScroll(what: string): Promise<void>;
  /** Saves a picture below SCREENSHOTS, or nothing when that is not set. */
  picture(name: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts Chromium; the caller closes it. */
export async function launch(): Promise<Browser> {
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Opens a page of its own: own storage, own size, own colours. */
export async function watch(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  const faults: string[] = [];
  await page.addInitScript({ content: tellViolations });
  page.on("console", (message) => {
    // The browser's own line about an answer that is no success; tests ask for those.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(`not caught: ${error.message}`));
  return {
    page,
    faults,
    assertAccessible: (what, rules) => assertAccessible(page, what, rules),
    assertNoSidewaysScroll: (what) => assertNoSidewaysScroll(page, what),
    picture: (name) => picture(page, name),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Code for the page is text here: the tests' own types know no DOM. */
const tellViolations = `document.addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP:", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.sample));`;

// Fluent's focus keeper has elements that pass the focus on as they get it (tabster's dummy inputs); axe takes them for traps.
const runAxe = (rules?: readonly string[]): string => `axe
  .run({ exclude: ["[data-tabster-dummy]"] }, { resultTypes: ["violations"] ${rules === undefined ? "" : `, runOnly: ${JSON.stringify(rules)}`} }).then(({ violations }) =>
  violations.map(({ id, nodes }) =>
    [id, ...nodes.map(({ html, failureSummary }) => html.slice(0, 300) + " " + failureSummary)].join("\\n  ")))`;

/** Evaluated from outside the page, which its Content-Security-Policy does not concern. */
async function assertAccessible(page: Page, what: string, rules?: readonly string[]): Promise<void> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(await readFile(axePath, "utf8"));
  // A control that is between two colours has neither; a new theme comes a moment after the system's colours have changed.
  await sleep(150);
  await settles(page, 'document.getAnimations().every(({ playState }) => playState !== "running")');
  const violations = z.array(z.string()).parse(await page.evaluate(runAxe(rules)));
  assert.deepEqual(violations, [], `axe on ${what}:\n${violations.join("\n")}`);
}

const widest = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** Whether something comes to hold; asked from outside, since the page's own Content-Security-Policy lets nothing be evaluated. */
async function settles(page: Page, holds: string): Promise<boolean> {
  for (let tries = 0; tries < 40; tries += 1) {
    if (z.boolean().parse(await page.evaluate(holds))) return true;
    await sleep(50);
  }
  return false;
}

/** The page may still be taking another form for a new size: it gets some time to. */
async function assertNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const isFitting = await settles(page, `${widest} <= 0`);
  assert.ok(isFitting, `${what} is ${String(await page.evaluate(widest))} px too wide`);
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder === undefined) return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** A new folder for files of a test. */
export async function newFolder(name: string): Promise<string> {
  return await mkdtemp(join(tmpdir(), `${name}-`));
}
