import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { EndpointName } from "../../shared/api/endpoints.ts";
import { ApiProblem } from "../../shared/api/problem.ts";
import { closed, held, views } from "./support/day.ts";
import type { FixtureApp } from "./support/fixture-app.ts";
import { type Opened, openPortalWorld, type PortalWorld } from "./support/portal-world.ts";
import { becomes, until } from "./support/until.ts";

let world: PortalWorld;
before(async () => {
  world = await openPortalWorld();
});
after(() => world[Symbol.asyncDispose]());

test("by keyboard alone: a held drop is found, and released once its count is typed", async () => {
  await using opened = await world.open();
  const { page, app, faults } = opened;
  let tries = 0;
  app.answer("releaseDrop", () => {
    tries += 1;
    if (tries === 1) throw new ApiProblem("refused", "The drop has other items now.");
    // Without its button: it is released now.
    app.answer("readDrop", { ...views[held.drop], state: "released", isHeld: false, needs: [], actions: noAction });
    return { drop: held.drop, generation: 1, state: "released", items: held.items };
  });
  await opened.goto("/");
  await page.keyboard.press("Tab");
  await waitForFocus(opened, "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(opened, "1 held");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Drops" }).waitFor();
  await waitForFocus(opened, "Drops");
  await tabTo(opened, "globex, 3 Jun 2026");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Release" }).waitFor();
  await tabTo(opened, "Release");
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Release this drop?" });
  await dialog.waitFor();
  await opened.picture("release");
  await opened.assertAccessible("the release's question");
  const confirm = dialog.getByRole("button", { name: "Release" });
  const field = dialog.getByRole("textbox", { name: "Number of items" });
  await field.focus();
  await page.keyboard.type("120441");
  await becomes(() => confirm.isDisabled(), true);
  await page.keyboard.press("Enter");
  await page.keyboard.type("0");
  await becomes(() => confirm.isDisabled(), false);
  await page.keyboard.press("Enter");
  await dialog.getByText("The drop has other items now.").first().waitFor();
  assert.equal(await field.inputValue(), "1204410", "a refusal keeps what was typed");
  await field.focus();
  await Promise.all([said(page, "The drop has been released."), page.keyboard.press("Enter")]);
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Release" }).waitFor({ state: "detached" });
  await waitForFocus(opened, "globex, 3 Jun 2026");
  assert.deepEqual(bodiesOf(app, "releaseDrop"), [{ items: held.items }, { items: held.items }]);
  assert.deepEqual([faults, app.broken], [[], []]);
});

test("the focus stays in a question, and goes back to its button when it is closed", async () => {
  await using opened = await world.open();
  const { page } = opened;
  await opened.goto(`/drops/${closed.drop}`);
  await page.getByRole("button", { name: "Reprocess" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  const isInside = async (): Promise<boolean> =>
    (await page.evaluate('document.activeElement.closest("[role=dialog]") !== null')) === true;
  await until("the question has the focus", isInside);
  for (let press = 1; press <= 12; press += 1) {
    await page.keyboard.press("Tab");
    await until(`the question has the focus after ${press} times Tab`, isInside);
  }
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await waitForFocus(opened, "Reprocess");
});

test("reprocesses the whole drop, named mailboxes, and files and items that are selected", async () => {
  await using opened = await world.open();
  const { page, app, faults } = opened;
  app.answer("reprocessDrop", { drop: closed.drop, generation: 3, state: "released", items: 5 });
  await opened.goto(`/drops/${closed.drop}`);
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Reprocess" });
  await page.getByRole("button", { name: "Reprocess" }).click();
  await opened.assertAccessible("the reprocessing's question");
  await opened.picture("reprocess");
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Reprocess" }).click();
  await dialog.getByRole("radio", { name: "Some mailboxes" }).check();
  await becomes(() => confirm.isDisabled(), true);
  await dialog.getByRole("textbox").fill("fay@acme.example\n0f0c1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b.0");
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("tab", { name: "Files (4)" }).click();
  await page.getByRole("checkbox", { name: "Select ACME01_20260602_3.xml.pgp" }).check();
  await page.getByRole("button", { name: "Reprocess 1 file" }).click();
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("tab", { name: "Items" }).click();
  await page.getByRole("checkbox", { name: "Select all" }).check();
  await page.getByRole("button", { name: "Reprocess 3 items" }).click();
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
  const keys = ["A", "C", "D"].map((letter) => letter.repeat(43));
  assert.deepEqual(bodiesOf(app, "reprocessDrop"), [
    { generation: 2, scope: { type: "drop" } },
    {
      generation: 2,
      scope: {
        type: "mailboxes",
        mailboxes: ["0f0c1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b.0"],
        addresses: ["fay@acme.example"],
      },
    },
    { generation: 2, scope: { type: "files", files: ["c".repeat(20)] } },
    { generation: 2, scope: { type: "items", keys } },
  ]);
  assert.deepEqual([faults, app.broken], [[], []]);
});

test("sends one piece of given-up work again, or all of it, and tells what was refused", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.answer("redriveDrop", { sent: ["a"], refused: [{ id: "b", reason: "It was done since." }] });
  await opened.goto(`/drops/${closed.drop}?tab=dead`);
  await page.getByRole("table").getByRole("button", { name: "Send again" }).click();
  const dialog = page.getByRole("dialog");
  const confirm = dialog.getByRole("button", { name: "Send again" });
  await Promise.all([said(page, "1 piece sent again."), said(page, "It was done since."), confirm.click()]);
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Send again" }).first().click();
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
  const [one, all] = bodiesOf(app, "redriveDrop");
  assert.deepEqual([one, all], [{ id: `mailboxes/${closed.drop}/2/0f0c1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b.0` }, {}]);
});

test("restarts a drop that cannot go on, after a question", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.answer("readDrop", { ...views[closed.drop], state: "importing", actions: onlyRestart });
  app.answer("restartDrop", { drop: closed.drop, generation: 3, state: "released", items: 5 });
  await opened.goto(`/drops/${closed.drop}`);
  await page.getByRole("button", { name: "Restart" }).click();
  const dialog = page.getByRole("dialog");
  await Promise.all([said(page, "Generation 3 has begun."), dialog.getByRole("button", { name: "Restart" }).click()]);
  await dialog.waitFor({ state: "detached" });
  assert.deepEqual(bodiesOf(app, "restartDrop"), [{ generation: 2 }]);
});

const noAction = { release: false, reprocess: false, restart: false, redrive: false };
const onlyRestart = { release: false, reprocess: false, restart: true, redrive: false };

test("fetches now and says until when, pauses after a question, and resumes", async () => {
  await using opened = await world.open();
  const { page, app, faults } = opened;
  await opened.goto("/connectors/acme-london");
  app.answer("fetchConnector", { askedAt: "2026-06-04T08:00:00.000Z" });
  await page.getByRole("button", { name: "Fetch now" }).click();
  await page.getByRole("button", { name: "Fetching now" }).waitFor();
  const seen = app.last("readConnector");
  assert.ok("fetches" in seen && "connector" in seen);
  app.answer("readConnector", { ...seen, fetches: { unsettled: 0, triedAt: "2026-06-04T08:00:01.000Z" } });
  await page.getByRole("button", { name: "Fetch now" }).waitFor();
  const paused = { ...seen, connector: { ...Object(seen.connector), isPaused: true } };
  app.answer("pauseConnector", () => {
    app.answer("readConnector", paused);
    return paused;
  });
  app.answer("resumeConnector", () => {
    app.answer("readConnector", seen);
    return seen;
  });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await becomes(() => page.getByRole("button", { name: "Resume" }).count(), 0);
  assert.deepEqual([faults, app.broken], [[], []]);
});

test("downloads every table of the report, and the audit log of the days that are looked at", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.answer("downloadTable", () => "a,b\n");
  app.answer("downloadAudit", () => "a,b\n");
  await opened.goto(`/drops/${closed.drop}?tab=reports`);
  const links = page.locator("a[download]");
  await links.first().waitFor();
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  const kinds = "summary files unmapped mapping dead mailboxes failures findings misrouted items".split(" ");
  assert.deepEqual(
    hrefs,
    kinds.map((kind) => `/api/v1/drops/${closed.drop}/generations/2/${kind}.csv`),
  );
  const [download] = await Promise.all([page.waitForEvent("download"), links.first().click()]);
  assert.equal(download.suggestedFilename(), "downloadTable.csv");
  await opened.goto("/audit?from=2026-06-01&to=2026-06-04");
  const href = await page.getByRole("link", { name: "Download CSV" }).getAttribute("href");
  assert.equal(href, "/api/v1/audit.csv?from=2026-06-01&to=2026-06-04");
});

/** Bodies of the calls of one endpoint, in order. */
function bodiesOf(app: FixtureApp, endpoint: EndpointName): readonly unknown[] {
  return app.calls.filter((call) => call.endpoint === endpoint).map(({ request }) => request.body);
}

async function focusedText({ page }: Opened): Promise<string> {
  return String(await page.evaluate("document.activeElement.textContent")).trim();
}

/** Presses Tab until the element with this text has the focus. */
async function tabTo(opened: Opened, text: string): Promise<void> {
  await opened.page.getByText(text, { exact: true }).first().waitFor();
  for (let press = 0; press < 60; press += 1) {
    if ((await focusedText(opened)) === text) return;
    await opened.page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not lead to "${text}".`);
}

/** Asked from outside each time: what Playwright evaluates later, inside, the page's own Content-Security-Policy refuses. */
async function waitForFocus(opened: Opened, text: string): Promise<void> {
  await becomes(() => focusedText(opened), text);
}

/** Waits for a toast. It goes away by itself: begin to wait before what it answers to is done. */
async function said(page: Page, text: string): Promise<void> {
  await page.locator(".fui-Toast", { hasText: text }).waitFor();
}
