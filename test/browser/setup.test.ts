import assert from "node:assert/strict";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Download, Page } from "playwright-core";
import { z } from "zod";
import { type Gpg, startGpg, whyNoGpg } from "../../local/gpg/start-gpg.ts";
import { type RunningSshd, startSshd, whyNoSshd } from "../../local/openssh/start-sshd.ts";
import { csvOf, oids, users } from "../support/small-drop.ts";
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
    const equation = await untilClosed("acme-london");
    t.diagnostic(`set up and imported in ${Math.round(performance.now() - since)} ms: ${JSON.stringify(equation)}`);
    assert.deepEqual(equation, { available: 6, imported: 6, partial: 0, skipped: 0, failed: 0 });
    assert.equal(await world.countItems(oids.ann), 3);
    assert.equal(await world.countItems(oids.cid), 1);
    assert.deepEqual(watched.faults, []);
    await watched.picture("wizard-6-connector");
  });
});

const summary = z.object({
  connector: z.unknown(),
  lastDrop: z.object({ state: z.string(), equation: z.record(z.string(), z.number()).optional() }).optional(),
});

/** Waits until the connector's drop is closed. @returns its equation */
async function untilClosed(name: string): Promise<Record<string, number>> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const { lastDrop } = summary.parse(await (await world.call(`/connectors/${name}`)).json());
    if (lastDrop?.state === "closed" && lastDrop.equation !== undefined) return lastDrop.equation;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const said = world.lines.filter(({ level }) => level !== "debug").map(({ message }) => message);
  throw new Error(`The drop was not closed in 60 s:\n${said.slice(-40).join("\n")}`);
}
