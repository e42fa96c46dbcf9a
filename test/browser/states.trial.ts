import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { ApiProblem } from "../../shared/api/problem.ts";
import { closed, held, running, views } from "./support/day.ts";
import { morning, openPortalWorld, type PortalWorld } from "./support/portal-world.ts";

let world: PortalWorld;
before(async () => {
  world = await openPortalWorld();
});
after(() => world[Symbol.asyncDispose]());

test("what takes long shows a skeleton, and says so to a screen reader", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await opened.goto("/about");
  app.delayInMs = 1_500;
  await page.getByRole("link", { name: "Drops" }).click();
  const status = page.getByRole("status", { name: "Loading" });
  await status.waitFor({ state: "attached" });
  assert.equal(await status.locator("> *").count(), 0, "nothing flickers before 300 ms");
  await status.locator("> *").first().waitFor();
  await opened.picture("loading");
  await opened.assertAccessible("loading");
  await page.getByRole("table", { name: "Drops" }).waitFor();
  assert.equal(await status.count(), 0);
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
  await page.clock.install({ time: morning });
  await opened.goto(`/drops/${running.drop}`);
  await page.getByText("About 53 minutes left").first().waitFor();
  app.isDown = true;
  await page.clock.runFor(5_000);
  await page
    .getByText(/^Not up to date: this is what was known at \d\d:\d\d:\d\d\.$/)
    .first()
    .waitFor();
  await page.getByText("About 53 minutes left").first().waitFor();
  await opened.picture("stale");
  await opened.assertAccessible("stale");
  app.isDown = false;
  app.answer("readDrop", { ...views[running.drop], pace: { perMinute: 1, overInMs: 60_000, runningMailboxes: 1 } });
  await page.clock.runFor(5_000);
  await page.getByText("How long it will take cannot be told").first().waitFor();
  assert.equal(await page.getByText("Not up to date").count(), 0);
});

test("a running drop is asked for again and again, not while nobody looks, and not when it is closed", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  const asked = (): number => app.calls.filter(({ endpoint }) => endpoint === "readDrop").length;
  await page.clock.install({ time: morning });
  await opened.goto(`/drops/${running.drop}`);
  await page.getByText("About 53 minutes left").first().waitFor();
  await waitFor(() => asked() >= 1);
  const first = asked();
  await page.clock.runFor(5_000);
  await waitFor(() => asked() === first + 1);
  await setHidden(page, true);
  await page.clock.runFor(60_000);
  await aCallWouldHaveCome();
  assert.equal(asked(), first + 1);
  await setHidden(page, false);
  await page.clock.runFor(1);
  await waitFor(() => asked() === first + 2);
  app.answer("readDrop", views[closed.drop]);
  await page.clock.runFor(5_000);
  await page.getByText("Closed", { exact: true }).first().waitFor();
  const last = asked();
  await page.clock.runFor(60_000);
  await aCallWouldHaveCome();
  assert.equal(asked(), last);
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
  assert.notDeepEqual(opened.faults, [], "the console is told what it was");
});

/** A tab that another one covers; Chromium without a window cannot be asked for that. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, get: () => ${isHidden} });
    document.dispatchEvent(new Event("visibilitychange"))`);
}

/** The page's clock is turned; the way to the app takes real time. */
async function aCallWouldHaveCome(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 400));
}

async function waitFor(holds: () => boolean): Promise<void> {
  const end = Date.now() + 3_000;
  while (!holds()) {
    assert.ok(Date.now() < end, `${holds.toString()} did not come true`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
