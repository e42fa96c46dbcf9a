import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { toNumberText } from "../../portal/parts/numbers.ts";
import { ApiProblem } from "../../shared/api/problem.ts";
import { closed, held, running, views } from "./support/day.ts";
import { morning, openPortalWorld, type PortalWorld } from "./support/portal-world.ts";
import { becomes, until } from "./support/until.ts";

let world: PortalWorld;
before(async () => {
  world = await openPortalWorld();
});
after(() => world[Symbol.asyncDispose]());

test("what takes long shows a skeleton, and says so to a screen reader", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await stopClock(page);
  await opened.goto("/about");
  const answer = Promise.withResolvers<object>();
  app.answer("listDrops", () => answer.promise);
  await page.getByRole("link", { name: "Drops" }).click();
  const status = page.getByRole("status", { name: "Loading" });
  await status.waitFor({ state: "attached" });
  await page.clock.runFor(250);
  assert.equal(await status.locator("> *").count(), 0, "nothing flickers before 300 ms");
  await runUntil(page, () => status.locator("> *").first().isVisible(), 50);
  await page.clock.resume();
  await opened.picture("loading");
  await opened.assertAccessible("loading");
  answer.resolve({ items: [closed] });
  await page.getByRole("table", { name: "Drops" }).waitFor();
  await becomes(() => status.count(), 0);
});

test("an empty system says what would be here and how to begin; a reader is not asked to", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.answer("listConnectors", { items: [] });
  app.answer("listDrafts", { items: [] });
  await opened.goto("/");
  const add = page.getByRole("link", { name: "Add a connector" });
  await add.waitFor();
  assert.equal(await add.count(), 1);
  assert.equal(await add.getAttribute("href"), "/connectors/new");
  await opened.picture("empty");
  await opened.assertAccessible("empty");
  app.asker = { id: "development:reader", name: undefined, role: "reader" };
  await page.reload();
  await page.getByText("An admin can set one up here.").first().waitFor();
  assert.equal(await add.count(), 0);
  app.answer("listDrops", { items: [] });
  await opened.goto("/drops?connector=globex");
  await page.getByText("No drop fits these filters.").first().waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.getByText("When a connector has fetched its first files").first().waitFor();
});

test("a failure says why and what to do, and trying again mends it", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await opened.goto("/about");
  app.answer("listAudit", () => {
    throw new ApiProblem("unavailable", "Storage does not answer.");
  });
  await page.getByRole("link", { name: "Audit log" }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("Storage does not answer.").first().waitFor();
  assert.match((await alert.textContent()) ?? "", /Storage or the vault does not answer just now/);
  await opened.picture("failed");
  await opened.assertAccessible("failed");
  app.isDown = true;
  await alert.getByRole("button", { name: "Try again" }).click();
  await alert.getByText("The app could not be reached.").first().waitFor();
  app.isDown = false;
  app.answer("listAudit", { items: [] });
  await alert.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Nobody has changed anything in this time.").first().waitFor();
});

test("a page that stays open tells when it is not up to date, keeps what it knows, and catches up", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await stopClock(page);
  await opened.goto(`/drops/${running.drop}`);
  await page.getByText("About 53 minutes left").first().waitFor();
  app.isDown = true;
  const stale = page.getByText(/^Not up to date: this is what was known at \d\d:\d\d:\d\d\.$/).first();
  await runUntil(page, () => stale.isVisible());
  await page.getByText("About 53 minutes left").first().waitFor();
  await page.clock.resume();
  await opened.picture("stale");
  await opened.assertAccessible("stale");
  app.isDown = false;
  app.answer("readDrop", { ...views[running.drop], pace: { perMinute: 1, overInMs: 60_000, runningMailboxes: 1 } });
  await runUntil(page, () => page.getByText("How long it will take cannot be told").first().isVisible());
  await becomes(() => page.getByText("Not up to date").count(), 0);
});

test("a running drop is asked for again and again, not while nobody looks, and not when it is closed", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  // Each answer tells another number of items, so that the page shows which of them it has got.
  let asked = 0;
  app.answer("readDrop", () => {
    asked += 1;
    return { ...views[running.drop], items: 1_000_000 + asked };
  });
  const isShown = (): Promise<boolean> =>
    page
      .getByText(toNumberText(1_000_000 + asked))
      .first()
      .isVisible();
  await stopClock(page);
  await opened.goto(`/drops/${running.drop}`);
  await until("the first answer is shown", isShown);
  await runUntil(page, async () => asked >= 3 && (await isShown()));
  await setHidden(page, true);
  const untilHidden = asked;
  await page.clock.runFor(60_000);
  await aCallWouldHaveCome(page);
  assert.equal(asked, untilHidden, "nobody looks");
  await setHidden(page, false);
  await page.clock.runFor(1);
  await until("it is asked for as soon as somebody looks", () => asked === untilHidden + 1);
  await until("the answer is shown", isShown);
  let askedAtTheEnd = 0;
  app.answer("readDrop", () => {
    askedAtTheEnd += 1;
    return views[closed.drop];
  });
  await runUntil(page, () => page.getByText("Closed", { exact: true }).first().isVisible());
  await page.clock.runFor(60_000);
  await aCallWouldHaveCome(page);
  assert.equal(askedAtTheEnd, 1, "it is closed");
});

test("somebody without a role is told whom to ask, and nothing else is shown", async () => {
  await using opened = await world.open();
  opened.app.asker = "without-role";
  await opened.goto("/drops");
  await opened.page.getByText("You may not see this").first().waitFor();
  await opened.page
    .getByText(/Connector\.Reader or Connector\.Admin/)
    .first()
    .waitFor();
  assert.equal(await opened.page.getByRole("navigation").count(), 0);
  const signOut = opened.page.getByRole("link", { name: "Sign out" });
  assert.match((await signOut.getAttribute("href")) ?? "", /^\/\.auth\/logout/, "to come again as somebody else");
  await opened.picture("no-rights");
  await opened.assertAccessible("no rights");
});

test("a sign-in that has ended leads to the sign-in and back to this place", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await opened.goto("/drops?state=held");
  await page.getByRole("table", { name: "Drops" }).waitFor();
  app.asker = "nobody";
  await page.getByRole("link", { name: "Audit log" }).click();
  const link = page.getByRole("link", { name: "Sign in again" });
  await link.waitFor();
  assert.equal(await link.getAttribute("href"), "/.auth/login/aad?post_login_redirect_uri=%2Faudit");
});

test("a reader sees everything and is offered no change", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.asker = { id: "development:reader", name: "Rhea Reader", role: "reader" };
  const buttons = /^(Release|Reprocess|Restart|Send again|Fetch now|Pause|Resume|Select.*|Add a connector)/;
  for (const [path, text] of [
    ["/", "initech"],
    ["/connectors/acme-london", "PGP key 2"],
    [`/drops/${held.drop}`, "Held at the gate with 1,204,410 items"],
    [`/drops/${closed.drop}?tab=files`, "Rejected"],
    [`/drops/${closed.drop}?tab=dead`, "GraphRefusal: 501"],
  ] as const) {
    await opened.goto(path);
    await page.getByText(text).first().waitFor();
    assert.equal(await page.getByRole("button", { name: buttons }).count(), 0, path);
    assert.equal(await page.getByRole("checkbox").count(), 0, path);
    assert.equal(await page.getByRole("link", { name: buttons }).count(), 0, path);
  }
  assert.deepEqual([opened.faults, app.broken], [[], []]);
});

test("a drop that does not balance says so, with what does not agree", async () => {
  await using opened = await world.open();
  const line = "available: 3, but imported + partial + skipped + failed: 2";
  opened.app.answer("readDrop", { ...views[closed.drop], isBalanced: false, imbalances: [line] });
  await opened.goto(`/drops/${closed.drop}`);
  await opened.page.getByText("It does not balance").first().waitFor();
  await opened.page.getByText(line).waitFor();
  assert.equal(await opened.page.getByText("It balances").count(), 0);
  await opened.picture("unbalanced");
  await opened.assertAccessible("unbalanced");
});

test("a fault of the page itself is shown instead of nothing", async () => {
  await using opened = await world.open();
  // By the contract, and yet no browser's time: the page must not go blank on what it did not expect.
  opened.app.answer("readDrop", views[closed.drop]);
  await opened.page.route("**/api/v1/drops/*", (route) => route.fulfill({ json: { drop: closed.drop } }));
  await opened.goto("/about");
  await opened.page.evaluate(
    `history.pushState(null, "", "/drops/${closed.drop}"); dispatchEvent(new Event("popstate"))`,
  );
  await opened.page.getByText("The page itself has a fault").first().waitFor();
  await until("the console is told what it was", () => opened.faults.length > 0);
});

const anHourBefore = new Date(Date.parse(morning) - 3_600_000);

/**
 * From here on the page's time stands still, but for what `runFor` lets pass: no timer goes off because the machine is
 * slow. It has to go on, by `resume`, before axe is asked, which waits by timers of the page.
 */
async function stopClock(page: Page): Promise<void> {
  // Time goes on between the two, and the clock refuses to be stopped at what is over.
  await page.clock.install({ time: anHourBefore });
  await page.clock.pauseAt(morning);
}

/** Lets the page's time pass, a step after the other, until something holds: a timer may not be set yet at the first. */
async function runUntil(page: Page, holds: () => boolean | Promise<boolean>, stepInMs = 5_000): Promise<void> {
  await until(holds.toString(), async () => {
    if (await holds()) return true;
    await page.clock.runFor(stepInMs);
    await aCallWouldHaveCome(page);
    return await holds();
  });
}

/** A tab that another one covers; Chromium without a window cannot be asked for that. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"))`);
}

/** What the page has asked for before is with the app by now: a call of the test's own went the same way after it. */
async function aCallWouldHaveCome(page: Page): Promise<void> {
  await page.evaluate('fetch("/api/v1/me").then((response) => response.text(), () => "")');
}
