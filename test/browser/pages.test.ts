import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { closed, held, running } from "./support/day.ts";
import { type Opened, openPortalWorld, type PortalWorld } from "./support/portal-world.ts";
import { becomes } from "./support/until.ts";

/** Every page, and a text that is there once all of it is. */
const pages: readonly (readonly [name: string, path: string, text: string])[] = [
  ["connectors", "/", "Password: missing"],
  ["connector", "/connectors/acme-london", "PGP key 2"],
  ["drops", "/drops", "1 mailbox blocked: The mailbox is full"],
  ["running-drop", `/drops/${running.drop}`, "About 53 minutes left"],
  ["held-drop", `/drops/${held.drop}`, "Held at the gate with 1,204,410 items"],
  ["closed-drop", `/drops/${closed.drop}`, "It balances"],
  ["files", `/drops/${closed.drop}?tab=files`, "Rejected"],
  ["mailboxes", `/drops/${closed.drop}?tab=mailboxes`, "Omar Haddad"],
  ["items", `/drops/${closed.drop}?tab=items`, "Mailbox blocked: The mailbox is full"],
  ["unmapped", `/drops/${closed.drop}?tab=unmapped`, "fstrouds17"],
  ["findings", `/drops/${closed.drop}?tab=findings`, "It repeats line 3"],
  ["given-up", `/drops/${closed.drop}?tab=dead`, "GraphRefusal: 501"],
  ["reports", `/drops/${closed.drop}?tab=reports`, "Unmapped people"],
  ["search", "/search#text=strouds", "Not everything could be looked into"],
  ["audit", "/audit", "operator@jumpbox"],
  ["about", "/about", "203.0.113.7"],
  ["nowhere", "/no/such/page", "Go to the connectors"],
];

let world: PortalWorld;
/** One tab for all of them, as a person has it: what the browser keeps of our files makes each but the first quick. */
let opened: Opened;
before(async () => {
  world = await openPortalWorld();
  opened = await world.open();
});
after(async () => {
  await opened[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

for (const [name, path, text] of pages) {
  test(`${name}: axe finds nothing in light and dark, wide and narrow, and nothing scrolls sideways`, async () => {
    const { page, app, faults } = opened;
    for (const earlier of [faults, app.broken]) earlier.length = 0;
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 1280, height: 900 });
    await opened.goto(path);
    await page.getByText(text).first().waitFor();
    assert.equal(await page.locator("h1").count(), 1);
    await becomes(async () => / - ICE Chat archive$/.test(await page.title()), true);
    await opened.picture(`${name}-light`);
    await opened.assertAccessible(`${name}, light`);
    await page.emulateMedia({ colorScheme: "dark" });
    await opened.assertAccessible(`${name}, dark`, ["color-contrast"]);
    await opened.picture(`${name}-dark`);
    // 1280 px at 200 %.
    await page.setViewportSize({ width: 640, height: 450 });
    await opened.assertNoSidewaysScroll(`${name} at 200 %`);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByText(text).first().waitFor();
    await opened.picture(`${name}-narrow`);
    await opened.assertNoSidewaysScroll(`${name} at 320 px`);
    await opened.assertAccessible(`${name}, dark and narrow`);
    assert.deepEqual([faults, app.broken], [[], []]);
  });
}

test("in forced colours every control and every state can still be told apart", async () => {
  await using forced = await world.open({ forcedColors: "active" });
  await forced.goto(`/drops/${running.drop}`);
  await forced.page.getByText("About 53 minutes left").first().waitFor();
  await forced.picture("running-drop-forced-colours");
  const current = forced.page.locator('nav a[aria-current="page"]');
  await becomes(() => current.textContent(), "Drops");
  const told = z.object({ done: z.number(), marked: z.number(), others: z.number() });
  const { done, marked, others } = told.parse(await forced.page.evaluate(contrasts));
  assert.ok(done >= 3, `how far it is, is seen in its bar: contrast ${done}`);
  assert.ok(
    marked >= 3 && others === 1,
    `only the current section is marked: contrast ${marked}, the others ${others}`,
  );
  assert.deepEqual(forced.faults, []);
});

/** Of WCAG 2.2: between what is done of a bar and the rest of it, and between sections' marks and the page. */
const contrasts = `(() => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const style = (element) => getComputedStyle(element);
  const bar = document.querySelector("main [role=progressbar]");
  const canvas = document.body.appendChild(document.createElement("i"));
  canvas.style.color = "Canvas";
  const page = style(canvas).color;
  const marks = (selector) => [...document.querySelectorAll(selector)].map((one) => contrast(style(one).borderLeftColor, page));
  return {
    done: contrast(style(bar).backgroundColor, style(bar.firstElementChild).backgroundColor),
    marked: Math.min(...marks('[aria-label="Main"] [aria-current]')),
    others: Math.max(...marks('[aria-label="Main"] a:not([aria-current])')),
  };
})()`;
