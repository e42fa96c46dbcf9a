import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { z } from "zod";
import { generateSshKeys } from "../../shared/fetch/ssh-keys.ts";
import { users } from "../support/small-drop.ts";
import { openSetupWorld, password, type SetupWorld } from "./setup-world.ts";
import { launch, type Watched, watch } from "./support/browser.ts";
import { becomes, until } from "./support/until.ts";

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

async function open(path: string, options: Parameters<typeof watch>[1] = {}): Promise<Watched> {
  const watched = await watch(browser, options);
  await watched.page.goto(world.url + path);
  return watched;
}

async function read(path: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(await (await world.call(path)).json());
}

/** Presses what is answered with a toast. A toast goes away by itself: it is waited for from before the press. */
async function pressUntilSaid(button: Locator, text: string): Promise<void> {
  const toast = button.page().locator(".fui-Toast", { hasText: text });
  await Promise.all([toast.waitFor(), button.click()]);
}

/** The id of what has the focus. */
async function focusedId(page: Page): Promise<unknown> {
  return await page.evaluate("document.activeElement?.id ?? ''");
}

async function choose(page: Page, name: string, text: string): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
}

const times = z.object({ schedule: z.string().optional(), zone: z.string().optional() });
const siteOf = z.object({ values: z.object({ site: z.object({ folder: z.unknown(), user: z.unknown() }) }) });

describe("a draft", () => {
  test("keeps every value of every step over a reload, and secrets as set with their fingerprint", async () => {
    await world.makeDraft("kept", { site: { login: "key-and-password" }, encryption: { type: "pgp" } });
    await using watched = await open("/connectors/new/credentials?draft=kept");
    const { page } = watched;
    await page.getByRole("region", { name: "SSH key" }).getByRole("button", { name: "Generate a key" }).click();
    const fingerprint = page.getByRole("region", { name: "SSH key" }).locator("dd").first();
    await fingerprint.waitFor();
    const shown = await fingerprint.textContent();
    await page.getByRole("textbox", { name: "Folder" }).fill("/outgoing");
    await page.getByRole("textbox", { name: "Port" }).fill("no number");
    await page.getByLabel("Fetch", { exact: true }).selectOption("weekdays");
    await page.getByLabel("At", { exact: true }).fill("07:45");
    await page.getByRole("combobox", { name: "Time zone" }).fill("America/New_York");
    await page.getByText(/Next times, in America\/New_York/).waitFor();
    await page.getByRole("textbox", { name: "Files to fetch" }).fill("*.{pgp,gpg}, chats_?.xml");
    // Still being typed when the reload comes.
    await page.getByRole("textbox", { name: "User name" }).pressSequentially("trader");
    await page.reload();
    await becomes(() => page.getByRole("textbox", { name: "User name" }).inputValue(), "trader");
    await becomes(() => page.getByRole("textbox", { name: "Folder" }).inputValue(), "/outgoing");
    await becomes(() => page.getByLabel("At", { exact: true }).inputValue(), "07:45");
    await becomes(() => page.getByRole("combobox", { name: "Time zone" }).inputValue(), "America/New_York");
    await becomes(() => page.getByRole("textbox", { name: "Files to fetch" }).inputValue(), "*.{pgp,gpg}, chats_?.xml");
    await fingerprint.waitFor();
    await becomes(() => fingerprint.textContent(), shown);
    await page.getByText("A password is stored:").first().waitFor();
    await becomes(() => page.getByLabel("Password", { exact: true }).inputValue(), "");
    await page.getByText("Everything is saved.").first().waitFor();
    const savedTimes = async (): Promise<unknown> => times.parse((await read("/drafts/kept"))["values"]);
    await becomes(savedTimes, { schedule: "45 7 * * 1-5", zone: "America/New_York" });

    await page.goto(`${world.url}/connectors/new/mapping?draft=kept`);
    await page.getByRole("radio", { name: /Entra group/ }).check();
    await page.getByLabel("Object id of the group").fill("11111111-2222-3333-4444-555555555555");
    await page.getByRole("switch", { name: /own e-mail addresses/ }).uncheck();
    await page.getByText("Everything is saved.").first().waitFor();
    await page.reload();
    await becomes(() => page.getByLabel("Object id of the group").inputValue(), "11111111-2222-3333-4444-555555555555");
    await becomes(() => page.getByRole("switch", { name: /own e-mail addresses/ }).isChecked(), false);
    await page.goto(`${world.url}/connectors/new/review?draft=kept`);
    await page.getByText("trader").first().waitFor();
    await page.reload();
    await page.getByText("Monday to Friday at 07:45, America/New_York").first().waitFor();
    // Nobody can finish without a mapping now, and the page says where to mend it.
    await page.getByRole("button", { name: "Finish" }).click();
    await page.getByRole("link", { name: /Mapping file: upload a mapping/ }).click();
    await page.waitForURL(/\/connectors\/new\/mapping\?draft=kept$/);
    assert.deepEqual(watched.faults, []);
  });

  test("keeps what is typed before it has begun, and a name that is taken is told while it is typed", async () => {
    await world.makeDraft("taken");
    await using watched = await open("/connectors/new/terms");
    const { page } = watched;
    const name = page.getByLabel("Name of the connector");
    await name.fill("taken");
    await page
      .getByText(/has this name already/)
      .first()
      .waitFor();
    await name.fill("new");
    await page
      .getByText(/belongs to the page's own addresses/)
      .first()
      .waitFor();
    await name.fill("not taken");
    await page
      .getByText(/use 1 to 40 lower-case letters/)
      .first()
      .waitFor();
    await name.fill("free-one");
    await page.getByRole("checkbox", { name: /accept it/ }).check();
    await page.reload();
    await becomes(() => name.inputValue(), "free-one");
    await becomes(() => page.getByRole("checkbox", { name: /accept it/ }).isChecked(), true);
    // Somebody else is quicker.
    await page.getByText("This name is free.").first().waitFor();
    await world.makeDraft("free-one");
    await page.getByRole("button", { name: "Begin" }).click();
    await page
      .getByText(/of this name already. Choose another name/)
      .first()
      .waitFor();
    assert.deepEqual(watched.faults, []);
  });

  test("shows what somebody else changed meanwhile, and keeps both changes", async () => {
    await world.makeDraft("two-tabs");
    await using one = await open("/connectors/new/credentials?draft=two-tabs");
    await using other = await open("/connectors/new/credentials?draft=two-tabs");
    await other.page.getByRole("textbox", { name: "Folder" }).fill("/theirs");
    await other.page.getByRole("textbox", { name: "Folder" }).blur();
    await other.page.getByText("Everything is saved.").first().waitFor();
    await one.page.getByRole("textbox", { name: "User name" }).fill("ours");
    await one.page.getByRole("textbox", { name: "User name" }).blur();
    await one.page
      .getByText(/Somebody else changed this set-up/)
      .first()
      .waitFor();
    await one.page.getByText("Everything is saved.").first().waitFor();
    await becomes(() => one.page.getByRole("textbox", { name: "Folder" }).inputValue(), "/theirs");
    const savedSite = async (): Promise<unknown> => siteOf.parse(await read("/drafts/two-tabs")).values.site;
    await becomes(savedSite, { folder: "/theirs", user: "ours" });
  });

  test("names every field that is missing in one place that has the focus, and leads to each", async () => {
    await world.call("/drafts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "bare", values: { site: { login: "password" }, encryption: { type: "none" } } }),
    });
    await using watched = await open("/connectors/new/credentials?draft=bare");
    const { page } = watched;
    await page.getByRole("button", { name: "Continue" }).click();
    const summary = page.getByRole("region", { name: /things are missing yet/ });
    await summary.waitFor();
    await becomes(() => page.evaluate("document.activeElement?.getAttribute('aria-labelledby')"), "missing-title");
    await summary.getByRole("button", { name: /^Password:/ }).click();
    await becomes(() => focusedId(page), "field-secrets-sftp-password");
    await summary.getByRole("button", { name: /^SFTP site:/ }).click();
    await becomes(() => focusedId(page), "field-site-host");
    await page.getByRole("link", { name: /do it later/ }).click();
    await page.waitForURL(/validation\?draft=bare$/);
    await page.getByRole("button", { name: "Validate connection" }).click();
    await page.getByText("This has to be filled in first").first().waitFor();
  });

  test("is given up with its secrets, after saying what stays", async () => {
    await world.makeDraft("given-up");
    await using watched = await open("/connectors/new/credentials?draft=given-up");
    const { page } = watched;
    await page.getByRole("button", { name: "Give this set-up up" }).click();
    const dialog = page.getByRole("dialog", { name: "Give the set-up of given-up up?" });
    await dialog
      .getByText(/PGP keys stay/)
      .first()
      .waitFor();
    const giveUp = dialog.getByRole("button", { name: "Give this set-up up" });
    await pressUntilSaid(giveUp, "The set-up of given-up was given up.");
    assert.equal((await world.call("/drafts/given-up")).status, 404);
  });
});

describe("a key of one's own", () => {
  test("is opened before it is stored, leaves nothing in the page, and shows its fingerprint", async () => {
    await world.makeDraft("own-key", { site: { login: "key" } });
    const { privateKey, fingerprint } = await generateSshKeys({ passphrase: "marked-passphrase" });
    await using watched = await open("/connectors/new/credentials?draft=own-key");
    const { page } = watched;
    const card = page.getByRole("region", { name: "SSH key" });
    await card.getByRole("button", { name: "Use a key of your own" }).click();
    const enter = async (passphrase: string): Promise<void> => {
      await card.getByLabel("Private key").fill(privateKey);
      await card.getByLabel("Passphrase").fill(passphrase);
      await card.getByRole("button", { name: "Check and store" }).click();
    };
    await enter("wrong");
    await card.getByRole("alert").first().waitFor();
    await becomes(() => card.getByLabel("Private key").inputValue(), "");
    await becomes(() => card.getByLabel("Passphrase").inputValue(), "");
    await enter("marked-passphrase");
    await card.getByText(fingerprint).waitFor();
    await card
      .getByText(/stored under a passphrase/)
      .first()
      .waitFor();
    const everything = await page.content();
    assert.ok(!everything.includes("marked-passphrase") && !everything.includes("PRIVATE KEY"));
    const kept = await page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])");
    assert.doesNotMatch(z.string().parse(kept), /marked|PRIVATE/);
  });
});

const peopleOf = z.object({ connector: z.object({ people: z.unknown() }) });

describe("a mapping", () => {
  test("of 50,000 lines is checked, each bad line is told, and only the good ones are taken when asked", async (t) => {
    await world.makeDraft("mapped");
    await using watched = await open("/connectors/new/mapping?draft=mapped");
    const { page } = watched;
    const lines = Array.from({ length: 50_000 }, (_, n) =>
      n % 5 === 0 ? `trader${n},no address` : `trader${n},trader${n}@acme.example`,
    );
    const since = performance.now();
    await choose(page, "mapping.csv", `ImId,Mailbox\r\n${lines.join("\r\n")}\r\n`);
    await page.getByText("10,000 lines cannot be used. Nothing is taken yet.").waitFor();
    t.diagnostic(`50,000 lines checked and shown in ${Math.round(performance.now() - since)} ms`);
    const table = page.getByRole("table", { name: /Bad lines/ });
    assert.equal(await table.getAttribute("aria-rowcount"), "10001");
    await until("only the rows that are seen are in the page", async () => {
      const rows = await table.getByRole("row").count();
      return rows > 1 && rows < 60;
    });
    await table
      .getByText(/no e-mail address/)
      .first()
      .waitFor();
    await page.getByRole("region", { name: /Bad lines/ }).focus();
    await page.keyboard.press("End");
    await table.getByRole("cell", { name: "49997", exact: true }).waitFor();
    assert.equal((await world.call("/connectors/mapped/mapping.csv")).status, 404);
    await watched.picture("mapping-bad-lines");
    await page.getByRole("button", { name: "Take the 40,000 good lines only" }).click();
    const dialog = page.getByRole("dialog", { name: "Leave 10,000 lines out?" });
    await dialog.getByRole("button", { name: "Take the 40,000 good lines only" }).click();
    await page.getByText("40,000 lines.", { exact: false }).first().waitFor();
    const csv = await (await world.call("/connectors/mapped/mapping.csv")).text();
    assert.equal(csv.trim().split("\r\n").length, 40_001);

    // By dropping it, and what it would change is told.
    const dropped = "ImId,Mailbox\r\ntrader1,other@acme.example\r\ntrader2,trader2@acme.example\r\n";
    const data = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(dropped)}], "m.csv", { type: "text/csv" })); return data; })()`,
    );
    await page.getByText("Drop a CSV file here").dispatchEvent("drop", { dataTransfer: data });
    await page
      .getByText(/0 new, 1 changed, 39,998 removed, 1 as before/)
      .first()
      .waitFor();
    await page.getByRole("button", { name: "Take nothing" }).click();
    await choose(page, "mapping.xlsx", "PK");
    await page
      .getByText(/This is no CSV file/)
      .first()
      .waitFor();
    assert.deepEqual(watched.faults, []);
  });

  test("takes the people of a drop without a mailbox, whom the address names in its fragment", async () => {
    await world.makeConnector("unmapped");
    await using watched = await open("/connectors/unmapped/mapping#imid=cid&imid=%3Dcmd");
    const { page } = watched;
    await page.getByLabel("Mailbox of cid").fill("not an address");
    await page.getByRole("button", { name: "Add to the mapping" }).click();
    await page
      .getByText(/would have bad lines/)
      .first()
      .waitFor();
    await page.getByLabel("Mailbox of cid").fill("cid.internal@acme.example");
    await page.getByLabel("Mailbox of =cmd").fill("bob@acme.example");
    await pressUntilSaid(page.getByRole("button", { name: "Add to the mapping" }), "2 lines added to the mapping.");
    const csv = await (await world.call("/connectors/unmapped/mapping.csv")).text();
    assert.equal(csv, "ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n'=cmd,bob@acme.example\r\n");
    assert.deepEqual(watched.faults, []);
  });

  test("of a hold list is asked for before the choice can hold", async () => {
    await world.makeConnector("held");
    await using watched = await open("/connectors/held/mapping");
    const { page } = watched;
    await page.getByRole("radio", { name: /hold list/ }).check();
    await page
      .getByText(/upload the hold list/)
      .first()
      .waitFor();
    await page.locator("#field-hold-list-upload").setInputFiles({
      name: "hold.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("Mailbox\r\nann@acme.example\r\n"),
    });
    await page.getByRole("button", { name: "Take all lines" }).click();
    await page.getByText("Everything is saved.").first().waitFor();
    const savedPeople = async (): Promise<unknown> => peopleOf.parse(await read("/connectors/held")).connector.people;
    await becomes(savedPeople, { type: "list" });
  });
});

const secretsOf = z.object({
  items: z.array(z.object({ kind: z.string(), isSet: z.boolean(), fingerprint: z.string().optional() })),
});

describe("a connector that is set up", () => {
  test("is changed by a button, also what another field refuses", async () => {
    await world.makeConnector("changed");
    await using watched = await open("/connectors/changed/settings");
    const { page } = watched;
    await page.getByRole("textbox", { name: "Folder" }).fill("/later");
    await page.getByLabel("Fetch", { exact: true }).selectOption("cron");
    await page.getByRole("textbox", { name: "Cron pattern" }).fill("99 99 * * *");
    await page
      .getByText(/nothing would ever be fetched/)
      .first()
      .waitFor();
    await page.getByText("2 changes are not saved").first().waitFor();
    await page.reload();
    await page.getByText("2 changes are not saved").first().waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page
      .getByText(/a cron schedule in five or six fields/)
      .first()
      .waitFor();
    await page.getByRole("textbox", { name: "Cron pattern" }).fill("15 5 * * *");
    const save = page.getByRole("button", { name: "Save", exact: true });
    await pressUntilSaid(save, "Saved. It holds from the next fetch on.");
    const { connector } = z
      .object({ connector: z.object({ schedule: z.string(), site: z.object({ folder: z.string() }) }) })
      .parse(await read("/connectors/changed"));
    assert.deepEqual([connector.schedule, connector.site.folder], ["15 5 * * *", "/later"]);
    assert.deepEqual(watched.faults, []);
  });

  test("gets new keys beside the old ones, tells ICE what to do, and switches when asked", async () => {
    await world.makeConnector("rotated");
    await using watched = await open("/connectors/rotated/keys");
    const { page } = watched;
    const ssh = page.getByRole("region", { name: "SSH keys" });
    const make = ssh.getByRole("button", { name: "Make the next SSH key" });
    const keyOf = async (kind: "ssh-key" | "next-ssh-key"): Promise<string | undefined> => {
      const { items } = secretsOf.parse(await read("/connectors/rotated/secrets"));
      return items.find((one) => one.kind === kind && one.isSet)?.fingerprint;
    };
    await make.click();
    await until("there is an SSH key", async () => (await keyOf("ssh-key")) !== undefined);
    // A press while the first is still at work would do nothing.
    await ssh
      .getByText((await keyOf("ssh-key")) ?? "")
      .first()
      .waitFor();
    await make.click();
    await until("there is a next SSH key", async () => (await keyOf("next-ssh-key")) !== undefined);
    const sshForIce = ssh.getByLabel("Text for ICE");
    await until("the text for ICE is about both keys", async () =>
      /Please add this SSH public key .* remove the old one/.test(await sshForIce.inputValue()),
    );
    const next = await keyOf("next-ssh-key");
    await ssh.getByRole("button", { name: "Switch to the next key" }).click();
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Switch to the next key" });
    await pressUntilSaid(confirm, "The next key is in use now.");
    assert.equal(await keyOf("ssh-key"), next);

    const pgp = page.getByRole("region", { name: "PGP keys" });
    await pgp.getByLabel(/Kind/).selectOption("curve25519");
    for (const number of [1, 2]) {
      await pgp.getByRole("button", { name: "Make a new PGP key" }).click();
      await pgp.getByText(`PGP key ${number}: In use`).waitFor();
    }
    await pgp.getByText("PGP key 1: kept for files that were encrypted for it").first().waitFor();
    const forIce = pgp.getByLabel("Text for ICE");
    await until("the text for ICE names the old key", async () =>
      /no longer with the one whose fingerprint is/.test(await forIce.inputValue()),
    );
    const page2 = await page.content();
    assert.ok(!page2.includes("PRIVATE KEY") && !page2.includes(password));
    assert.deepEqual(watched.faults, []);
  });

  test("is paused, resumed, and deleted only by who types its name", async () => {
    await world.makeConnector("deleted");
    await using watched = await open("/connectors/deleted/settings");
    const { page } = watched;
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByText("This connector is paused: nothing is fetched.").first().waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Delete deleted?" });
    const confirm = dialog.getByRole("button", { name: "Delete" });
    await becomes(() => confirm.isDisabled(), true);
    await dialog.getByLabel("Type deleted to delete it").fill("deleted");
    const said = page.locator(".fui-Toast", { hasText: "deleted was deleted." });
    const refused = dialog.getByRole("alert").filter({ hasText: "is being fetched at this moment" });
    // Resumed, it may be fetched just now, and is not deleted before that is over. A press takes an earlier refusal away.
    await until("it is deleted", async () => {
      await confirm.click();
      await said.or(refused).first().waitFor();
      return !(await refused.isVisible());
    });
    await page.waitForURL((url) => url.pathname === "/");
    assert.equal((await world.call("/connectors/deleted")).status, 404);
    assert.deepEqual(watched.faults, []);
  });
});

describe("a reader", () => {
  test("sees settings and keys, no button that changes anything, and is refused by the API", async () => {
    await world.makeConnector("read-only");
    await world.makeDraft("read-draft");
    const url = await world.startForReader();
    await using watched = await watch(browser);
    const { page } = watched;
    const changing =
      /^(save|delete|pause|resume|generate|store|make|use|switch|validate|take|choose|test|add|begin|finish|give|confirm|undo|check)/i;
    const paths = ["settings", "keys", "mapping"].map((one) => `/connectors/read-only/${one}`);
    for (const path of [...paths, "/connectors/new", "/connectors/new/credentials?draft=read-draft"]) {
      await page.goto(url + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByRole("main").getByRole("heading", { level: 2 }).first().waitFor();
      await becomes(() => page.getByRole("status", { name: "Loading" }).count(), 0);
      const buttons = await page.getByRole("main").getByRole("button").allTextContents();
      assert.deepEqual(
        buttons.filter((text) => changing.test(text)),
        [],
        path,
      );
      const free = await page
        .getByRole("main")
        .locator("input:not([readonly]):not([disabled]):not([type=file]):not([type=hidden])")
        .count();
      assert.equal(free, 0, `${path}: fields that can be changed`);
    }
    const headers = { "x-icechat": "1", "content-type": "application/json", "if-match": "*" };
    for (const [method, path, body] of [
      ["PATCH", "/connectors/read-only", { zone: "UTC" }],
      ["DELETE", "/connectors/read-only", undefined],
      ["POST", "/connectors/read-only/pause", undefined],
      ["PUT", "/connectors/read-only/secrets/sftp-password", { password: "x" }],
      ["POST", "/connectors/read-only/ssh-keys/generate", {}],
      ["POST", "/connectors/read-only/validation", undefined],
      ["POST", "/drafts", { name: "by-a-reader" }],
      ["PATCH", "/drafts/read-draft", { hasAcceptedTerms: true }],
      ["POST", "/drafts/read-draft/finish", undefined],
    ] as const) {
      const answer = await fetch(`${url}/api/v1${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      assert.equal(answer.status, 403, `${method} ${path}`);
    }
    assert.deepEqual(watched.faults, []);
  });
});
