import assert from "node:assert/strict";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Download, Page } from "playwright-core";
import { z } from "zod";
import { type Gpg, startGpg, whyNoGpg } from "../../local/gpg/start-gpg.ts";
import { type RunningSshd, startSshd, whyNoSshd } from "../../local/openssh/start-sshd.ts";
import { feedId } from "../../shared/chat/identifiers.ts";
import { csvOf, oids, type Row, rowsOf, users } from "../support/small-drop.ts";
import { openSetupWorld, type SetupWorld } from "./setup-world.ts";
import { launch, type Watched, watch } from "./support/browser.ts";
import { becomes } from "./support/until.ts";

let world: SetupWorld;
let browser: Browser;
before(async () => {
  const directory = users.map(({ oid, upn, displayName }) => ({
    id: oid,
    userPrincipalName: upn,
    mail: upn,
    displayName,
  }));
  [world, browser] = await Promise.all([openSetupWorld(directory), launch()]);
});
after(async () => {
  await browser.close();
  await world.release();
});

function watchAdmin(options = {}): Promise<Watched> {
  return watch(browser, { acceptDownloads: true, ...options });
}

async function textOf(download: Download): Promise<string> {
  return await readFile(await download.path(), "utf8");
}

/** Presses what downloads something. */
async function downloadBy(page: Page, press: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([page.waitForEvent("download"), press()]);
  return download;
}

describe("the wizard, from an empty system to an imported day", { skip: whyNoGpg || whyNoSshd }, () => {
  let gpg: Gpg;
  let sshd: RunningSshd | undefined;
  before(async () => {
    gpg = await startGpg();
  });
  after(async () => {
    await sshd?.close();
    await gpg.close();
  });

  test("a new connector fetches with the downloaded SSH key what gpg encrypted with the downloaded PGP key", async (t) => {
    await using watched = await watchAdmin();
    const { page } = watched;
    const since = performance.now();
    const site = join(world.folder, "ice-site");
    await mkdir(site);

    await page.goto(world.url);
    await page.getByRole("link", { name: "Add a connector" }).first().click();
    await page.getByLabel("Name of the connector").fill("acme-london");
    await page.getByText("This name is free.").first().waitFor();
    await watched.picture("wizard-1-terms");
    await page.getByRole("checkbox", { name: /accept it for my firm/ }).check();
    await page.getByRole("button", { name: "Begin" }).click();

    await page.getByLabel("Firm code").fill("ACME01");
    const ssh = page.getByRole("region", { name: "SSH key" });
    await ssh.getByRole("button", { name: "Generate a key" }).click();
    const sshPublic = await downloadBy(page, () => ssh.getByRole("link", { name: "Download the public key" }).click());
    const pgp = page.getByRole("region", { name: "PGP key" });
    await pgp.getByLabel(/Kind/).selectOption("curve25519");
    await pgp.getByRole("button", { name: "Generate a key" }).click();
    const pgpPublic = await downloadBy(page, () => pgp.getByRole("link", { name: "Download the public key" }).click());

    // What ICE does with what it was sent.
    sshd = await startSshd({ publicKeys: [(await textOf(sshPublic)).trim()] });
    await gpg.importKey(await textOf(pgpPublic));
    const fingerprint = z.string().parse(await pgp.locator("dd").first().textContent());
    const chats = csvOf([
      { id: "m-1", from: "ann", to: ["bob"] },
      { id: "m-2", from: "bob", to: ["ann", "cid"] },
      { id: "m-3", from: "ann", to: ["eve"] },
    ]);
    const file = join(site, "chats.csv.pgp");
    await writeFile(file, await gpg.encrypt(chats, ["--recipient", fingerprint]));
    await utimes(file, new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));
    const forIce = await page.getByLabel("Text for ICE").inputValue();
    assert.ok(forIce.includes((await textOf(sshPublic)).trim()) && forIce.includes(fingerprint));
    assert.doesNotMatch(forIce, /PRIVATE/);

    await page.getByRole("textbox", { name: "SFTP site" }).fill(sshd.host);
    await page.getByRole("textbox", { name: "Port" }).fill(String(sshd.port));
    await page.getByRole("textbox", { name: "Folder" }).fill(site);
    await page.getByLabel("User name").fill(sshd.user);
    await page.getByLabel("Password", { exact: true }).fill("marked-secret-hunter2");
    await page.getByRole("button", { name: "Store the password" }).click();
    await page.getByText("A password is stored:").first().waitFor();
    await becomes(() => page.getByLabel("Password", { exact: true }).inputValue(), "");
    await watched.picture("wizard-2-credentials");
    await page.getByRole("button", { name: "Continue" }).click();

    await page.getByRole("button", { name: "Validate connection" }).click();
    await page.getByText("Is this ICE's server?").first().waitFor();
    await page.getByLabel("Fingerprint that ICE gave you").fill(sshd.fingerprints.ed25519);
    await page.getByText("the one ICE gave you").first().waitFor();
    await page.getByRole("button", { name: "Confirm this server" }).click();
    await page.getByText("compare the fingerprint first").first().waitFor();
    await page.getByRole("checkbox", { name: /I have compared/ }).check();
    await page.getByRole("button", { name: "Confirm this server" }).click();
    await page.getByText("The connection works.").first().waitFor();
    await page
      .getByText(/format flat-csv, and 3 chat items/)
      .first()
      .waitFor();
    await watched.picture("wizard-3-validation");
    await page.getByRole("button", { name: "Continue" }).click();

    await page.locator("input[type=file]").setInputFiles({
      name: "mapping.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n"),
    });
    await page.getByRole("button", { name: "Take all lines" }).click();
    await page.getByText("1 line.").first().waitFor();
    await page.getByLabel("ImId", { exact: true }).fill("cid");
    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText("Items go to Cid (cid.internal@acme.example).").first().waitFor();
    await watched.picture("wizard-4-mapping");
    await page.getByRole("button", { name: "Continue" }).click();

    await watched.picture("wizard-5-review");
    await page.getByRole("button", { name: "Finish" }).click();
    await page.waitForURL(/\/connectors\/acme-london$/);
    await page.getByRole("heading", { level: 1, name: "acme-london" }).waitFor();
    const { equation } = await untilDrop("acme-london", "closed");
    t.diagnostic(`set up and imported in ${Math.round(performance.now() - since)} ms: ${JSON.stringify(equation)}`);
    assert.deepEqual(equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
    assert.equal(await world.countItems(oids.ann), 3);
    assert.equal(await world.countItems(oids.cid), 1);
    assert.deepEqual(watched.faults, []);
    await watched.picture("wizard-6-connector");
  });
});

describe("the daily pages of a running system", () => {
  test("an imported day is looked at and done again in part, a held day goes on with its count, a reader only looks", async (t) => {
    const since = performance.now();
    await leaveFile("daily/first.csv", rowsOf("first", 2));
    await leaveFile("daily/second.csv", rowsOf("second", 1));
    await leaveFile("flooded/chats.csv", rowsOf("flood", 3));
    for (const [name, feed, itemLimit] of [
      ["daily", "ACME02", 0],
      ["flooded", "ACME03", 2],
    ] as const) {
      await world.makeConnector(name, {
        feed: feedId.parse(feed),
        itemLimit,
        site: { user: "ACME01", folder: `/${name}` },
      });
      assert.ok((await world.call(`/connectors/${name}/fetch`, { method: "POST" })).ok);
    }
    const imported = await untilDrop("daily", "closed");
    const held = await untilDrop("flooded", "held");
    const inMailbox = await world.countItems(oids.bob);
    await using watched = await watchAdmin();
    const { page } = watched;

    await page.goto(`${world.url}/drops/${imported.drop}`);
    await page.getByText("It balances").first().waitFor();
    assert.deepEqual(imported.equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
    await page.getByRole("link", { name: /^6 .*imported/i }).waitFor();
    await page.getByRole("tab", { name: "Files (2)" }).click();
    await page.getByRole("checkbox", { name: /^Select .*second.csv$/ }).check();
    await page.getByRole("button", { name: "Reprocess 1 file" }).click();
    await confirm(page, "Reprocess");
    const ofFile = await untilDrop("daily", "closed", 2);
    assert.deepEqual(ofFile.equation, { available: 2, imported: 0, partial: 0, skipped: 2, failed: 0 });

    await page.goto(`${world.url}/drops/${imported.drop}?tab=items&gen=1`);
    await page.getByRole("table").getByRole("checkbox").first().check();
    await page.getByRole("button", { name: "Reprocess 1 item" }).click();
    await confirm(page, "Reprocess");
    const ofItem = await untilDrop("daily", "closed", 3);
    assert.deepEqual(ofItem.equation, { available: 2, imported: 0, partial: 0, skipped: 2, failed: 0 });
    assert.equal(await world.countItems(oids.bob), inMailbox, "nothing is in a mailbox twice");

    await page.goto(`${world.url}/drops/${held.drop}`);
    await page.getByText("Held at the gate with 3 items").first().waitFor();
    await page.getByRole("button", { name: "Release" }).click();
    await page.getByRole("dialog").getByLabel("Number of items").fill("3");
    await confirm(page, "Release");
    const released = await untilDrop("flooded", "closed");
    assert.deepEqual(released.equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
    await page.getByText("It balances").first().waitFor();
    assert.equal(await world.countItems(oids.bob), inMailbox + 3);
    assert.deepEqual(watched.faults, []);

    await assertOnlyLooks(await world.startForReader(), [imported.drop, held.drop]);
    t.diagnostic(`imported, held, done again and released in ${Math.round(performance.now() - since)} ms`);
  });
});

/** ICE leaves a file an hour ago. */
async function leaveFile(path: string, rows: readonly Row[]): Promise<void> {
  const file = join(world.siteFolder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, csvOf(rows));
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await utimes(file, anHourAgo, anHourAgo);
}

/** Answers the page's question. */
async function confirm(page: Page, verb: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: verb }).click();
  await dialog.waitFor({ state: "detached" });
}

/** A reader gets the figures and no button, and the app refuses what a button would have asked for. */
async function assertOnlyLooks(url: string, drops: readonly string[]): Promise<void> {
  await using watched = await watch(browser);
  const { page } = watched;
  for (const drop of drops) {
    await page.goto(`${url}/drops/${drop}`);
    await page.getByText("It balances").first().waitFor();
    await page.getByRole("tab", { name: /^Files/ }).click();
    await page.getByRole("table").getByText(".csv").first().waitFor();
    const buttons = page.getByRole("button", { name: /^(Release|Reprocess|Restart|Send again)/ });
    assert.deepEqual([await buttons.count(), await page.getByRole("checkbox").count()], [0, 0], drop);
    for (const [change, body] of [
      ["release", { items: 3 }],
      ["reprocess", { generation: 1, scope: { type: "drop" } }],
      ["restart", { generation: 1 }],
      ["redrive", {}],
    ] as const) {
      const headers = { "x-icechat": "1", "content-type": "application/json" };
      const init = { method: "POST", headers, body: JSON.stringify(body) };
      assert.equal((await fetch(`${url}/api/v1/drops/${drop}/${change}`, init)).status, 403, change);
    }
  }
  assert.deepEqual(watched.faults, []);
}

const equationOf = z.object({
  available: z.number(),
  imported: z.number(),
  partial: z.number(),
  skipped: z.number(),
  failed: z.number(),
});
const dropView = z.object({
  drop: z.string(),
  state: z.string(),
  generation: z.number().default(1),
  equation: equationOf.optional(),
});
const connectorView = z.object({ lastDrop: z.object({ drop: z.string() }).optional() });

/** The connector's newest drop as it stands; undefined before its first. */
async function readDrop(name: string): Promise<z.infer<typeof dropView> | undefined> {
  const { lastDrop } = connectorView.parse(await (await world.call(`/connectors/${name}`)).json());
  return lastDrop && dropView.parse(await (await world.call(`/drops/${lastDrop.drop}`)).json());
}

/** Waits until the connector's drop has come to a state, in a generation. Throws with what the app has logged after two minutes. */
async function untilDrop(name: string, state: "closed" | "held", generation = 1): Promise<z.infer<typeof dropView>> {
  let seen = await readDrop(name);
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; seen = await readDrop(name)) {
    if (seen?.state === state && seen.generation === generation) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const said = world.lines.flatMap(({ message }) => (isTelling(message) ? [message] : []));
  throw new Error(`Not ${state} in 120 s: ${JSON.stringify(seen)}\n${said.slice(-60).join("\n")}`);
}

/** An event of the app's that does not come with every call. */
function isTelling(message: string): boolean {
  return (
    message.startsWith("{") && !/"event":"(api.called|dependency.used|invocation.ended|\w+.measured)"/.test(message)
  );
}
