import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closed } from "./support/day.ts";
import { openPortalWorld, type PortalWorld } from "./support/portal-world.ts";
import { becomes, until } from "./support/until.ts";

let world: PortalWorld;
before(async () => {
  world = await openPortalWorld();
});
after(() => world[Symbol.asyncDispose]());

test("filters are in the address: they survive a reload, and a list's page goes when a filter changes", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  app.answer("listDrops", { items: [closed], next: "bmV4dA" });
  await opened.goto("/drops");
  await page.getByRole("button", { name: "Next page" }).click();
  await page.waitForURL("**/drops?cursor=*.bmV4dA");
  await page.getByLabel("State").selectOption("needsAHand");
  await page.getByLabel("From").fill("2026-06-01");
  await page.getByLabel("Connector", { exact: true }).selectOption("globex");
  await page.waitForURL("**/drops?state=needsAHand&from=2026-06-01&connector=globex");
  await page.reload();
  await page.getByRole("table", { name: "Drops" }).waitFor();
  await becomes(() => page.getByLabel("State").inputValue(), "needsAHand");
  await becomes(() => page.getByLabel("From").inputValue(), "2026-06-01");
  await becomes(() => page.getByLabel("Connector", { exact: true }).inputValue(), "globex");
  const lastQuery = (): unknown => app.calls.findLast(({ endpoint }) => endpoint === "listDrops")?.request.query;
  await becomes(lastQuery, { limit: 50, connector: "globex", from: "2026-06-01", state: "needsAHand" });
});

test("the way back leads through pages and tabs, and titles and headings follow", async () => {
  await using opened = await world.open();
  const { page, faults } = opened;
  await opened.goto("/drops");
  await page.getByRole("link", { name: "acme-london, 2 Jun 2026" }).click();
  await page.getByRole("tab", { name: "Findings" }).click();
  await page.getByText("It repeats line 3").first().waitFor();
  await becomes(() => page.title(), "acme-london, 2 Jun 2026 - ICE Chat archive");
  await page.reload();
  await page.getByText("It repeats line 3").first().waitFor();
  await page.goBack();
  await page.getByText("It balances").first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Drops" }).waitFor();
  await becomes(() => page.title(), "Drops - ICE Chat archive");
  assert.deepEqual(faults, []);
});

test("links are links: they have an address, and with Ctrl they open a tab of their own", async () => {
  await using opened = await world.open();
  const { page } = opened;
  await opened.goto("/");
  const link = page.getByRole("link", { name: "Audit log" });
  assert.equal(await link.getAttribute("href"), "/audit");
  const [other] = await Promise.all([
    page.context().waitForEvent("page"),
    link.click({ modifiers: ["ControlOrMeta"] }),
  ]);
  await other.getByRole("heading", { level: 1, name: "Audit log" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
});

test("what is searched for, and who is to be mapped, is in no address that a server gets", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  const urls: string[] = [];
  page.on("request", (request) => urls.push(request.url()));
  await opened.goto("/search");
  await page.getByRole("searchbox", { name: "Search for" }).fill("fstrouds17");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "fstrouds17" }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: "fstrouds17" }).click();
  const map = page.getByRole("link", { name: "Map fstrouds17" });
  await map.waitFor();
  assert.match((await map.getAttribute("href")) ?? "", /^\/connectors\/acme-london\/mapping#imid=fstrouds17$/);
  const searches = app.calls.filter(({ endpoint }) => endpoint === "search").map(({ request }) => request.body);
  assert.equal(searches.length, 2, "again after the reload");
  assert.deepEqual(searches[1], { text: "fstrouds17", limit: 50 });
  assert.deepEqual(
    urls.filter((url) => url.includes("strouds") && !new URL(url).hash.includes("strouds")),
    [],
  );
  assert.ok(urls.length > 5);
});

test("a page that is left ends what it has asked for", async () => {
  await using opened = await world.open();
  const { page, app } = opened;
  await opened.goto("/about");
  // Never told: the app is still at work when the page is left.
  app.answer("listAudit", () => new Promise(() => undefined));
  await page.getByRole("link", { name: "Audit log" }).click();
  await until("the app is asked", () => app.calls.some(({ endpoint }) => endpoint === "listAudit"));
  const [failed] = await Promise.all([
    page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/v1/audit")),
    page.getByRole("link", { name: "About" }).click(),
  ]);
  assert.equal(failed.failure()?.errorText, "net::ERR_ABORTED");
});

test("times are the reader's own, with UTC beside", async () => {
  await using opened = await world.open({ timezoneId: "America/New_York" });
  await opened.goto(`/drops/${closed.drop}`);
  const time = opened.page.locator("time").last();
  await time.waitFor();
  assert.match((await time.textContent()) ?? "", /^3 Jun 2026, 02:10 (GMT-4|EDT) \(06:10 UTC\)$/);
  assert.equal(await time.getAttribute("datetime"), closed.closedAt);
});
