import assert from "node:assert/strict";
import { mkdtemp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { becomes, patienceInMs, until } from "./until.ts";

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
  context.setDefaultTimeout(patienceInMs);
  const page = await context.newPage();
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
  await settled(page, what);
  const violations = z.array(z.string()).parse(await page.evaluate(runAxe(rules)));
  assert.deepEqual(violations, [], `axe on ${what}:\n${violations.join("\n")}`);
}

/**
 * The page has the system's colours, which come a moment after it is told of them, and nothing is between two colours or
 * places any more. What turns for ever, as a spinner, does not count.
 */
const isSettled = `(() => {
  const themed = getComputedStyle(document.querySelector(".fui-FluentProvider"));
  const isDark = themed.getPropertyValue("--colorNeutralBackground1").trim() !== "#ffffff";
  const isMoving = document.getAnimations().some((one) =>
    one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime));
  return isDark === matchMedia("(prefers-color-scheme: dark)").matches && !isMoving;
})()`;

/** Asked from outside again and again, since the page's own Content-Security-Policy lets nothing be evaluated later. */
async function settled(page: Page, what: string): Promise<void> {
  await until(`${what} stands still`, () => holds(page, isSettled));
}

async function holds(page: Page, condition: string): Promise<boolean> {
  return z.boolean().parse(await page.evaluate(condition));
}

const widest = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

/** The page may still be taking another form for a new size: it gets the time to. */
async function assertNoSidewaysScroll(page: Page, what: string): Promise<void> {
  const read = async (): Promise<string> => {
    const tooWide = Math.max(0, z.number().parse(await page.evaluate(widest)));
    return `${what} is ${tooWide} px too wide`;
  };
  await becomes(read, `${what} is 0 px too wide`);
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
