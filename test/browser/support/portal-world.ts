import { rm } from "node:fs/promises";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { bundlePortal } from "../../../local/build/portal.ts";
import { launch, newFolder, type Watched, watch } from "./browser.ts";
import { answerDay } from "./day.ts";
import { type FixtureApp, startFixtureApp } from "./fixture-app.ts";

/** A page that was opened, with an app of its own behind it. */
export interface Opened extends Watched {
  readonly app: FixtureApp;
  /** Goes to an address of the app as from the browser's address bar. */
  goto(path: string): Promise<void>;
}

/** The built page and a browser, for all tests of a file. */
export interface PortalWorld {
  /** Opens a page on the morning of day.ts; ends it with the test. */
  open(options?: BrowserContextOptions): Promise<Opened>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The morning that day.ts is about. */
export const morning = "2026-06-04T08:00:00.000Z";

/** Builds the page and starts the browser. */
export async function openPortalWorld(): Promise<PortalWorld> {
  const folder = await newFolder("portal-world");
  const [browser] = await Promise.all([launch(), bundlePortal(folder)]);
  return {
    open: (options) => open(browser, folder, options),
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function open(browser: Browser, folder: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const app = await startFixtureApp(folder);
  answerDay(app);
  const watched = await watch(browser, options);
  await watched.page.clock.setFixedTime(morning);
  return {
    ...watched,
    app,
    goto: async (path) => {
      // Another fragment alone would not load the page.
      await watched.page.goto("about:blank");
      await watched.page.goto(app.url + path);
      await watched.page.locator("h1").waitFor();
    },
    [Symbol.asyncDispose]: async () => {
      await watched[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}
