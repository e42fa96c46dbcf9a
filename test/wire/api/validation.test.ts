import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, beforeEach, test } from "node:test";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import type { SiteFaults } from "../../../local/sftp/faults.ts";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { keyRoutes, type ValidationReply } from "../../../shared/api/contract/keys.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";
import { csvOf, rowsOf } from "../../support/small-drop.ts";

const password = "marked-password";
const faults: SiteFaults = {};
const chats = csvOf(rowsOf("hello", 3));
const ssh = await generateSshKeys();
let folder: string;
let root: string;
let site: RunningSftpSite;
let world: SetupWorld;
let publicKey: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "validation-"));
  root = join(folder, "site");
  const stateDir = join(folder, "keys");
  const guests = { user: "ACME01", password, publicKeys: [ssh.publicKey] };
  site = await startSftpSite({ root, stateDir, faults, ...guests });
});
after(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  for (const name of Object.keys(faults)) Reflect.deleteProperty(faults, name);
  await rm(root, { recursive: true });
  await mkdir(root);
  world = new SetupWorld();
  const values = { feed: "ACME01", site: { host: site.host, port: site.port, hostKeys: [site.fingerprint] } };
  await world.do(draftRoutes.createDraft, { body: { name: acme, values } });
  await world.do(keyRoutes.setPassword, { body: { password } });
  publicKey = (await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } })).body.publicKey;
});

async function put(name: string, bytes: Uint8Array | string): Promise<void> {
  await writeFile(join(root, name), bytes);
}

async function putChats(): Promise<void> {
  await put("day.csv.pgp", await encrypt(chats));
}

function encrypt(bytes: Uint8Array, key = publicKey): Promise<Buffer> {
  return buffer(encryptFor(key, only(bytes)));
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function change(values: object): Promise<void> {
  const { etag } = await world.do(draftRoutes.readDraft);
  await world.do(draftRoutes.changeDraft, { body: { values }, ifMatch: etag });
}

/** What a validation came to, each step as `step outcome` or `step reason`. */
async function validate(): Promise<{ steps: string[]; told: ValidationReply["steps"]; isOk: boolean }> {
  const { body } = await world.do(keyRoutes.validateConnection);
  const words = body.steps.map(({ step, outcome, reason }) => `${step} ${outcome === "failed" ? reason : outcome}`);
  return { steps: words, told: body.steps, isOk: body.isOk };
}

/** It fails at one step, with a sentence; what was before is ok, and what is after is skipped. */
async function failsAt(step: string, reason: string | RegExp, sentence: RegExp): Promise<void> {
  const { told, isOk } = await validate();
  const at = told.findIndex(({ outcome }) => outcome === "failed");
  assert.equal(isOk, false);
  assert.equal(told[at]?.step, step);
  if (typeof reason === "string") assert.equal(told[at]?.reason, reason);
  else assert.match(told[at]?.reason ?? "", reason);
  assert.match(told[at]?.message ?? "", sentence);
  assert.ok(told.slice(0, at).every(({ outcome }) => outcome === "ok"));
  assert.ok(
    told.slice(at + 1).every(({ outcome, reason: why }) => outcome === "skipped" && why === "earlier-step-failed"),
  );
}

test("where all is well each step says what was found, up to the chats in the newest file", async () => {
  await putChats();
  await put("notes.txt", "x");
  await put("day.csv.pgp.md5", "x");
  const { told, isOk } = await validate();
  assert.equal(isOk, true);
  assert.ok(told.every(({ outcome }) => outcome === "ok"));
  const [, hostKey, , list, file, format] = told.map(({ details }) => details);
  assert.deepEqual(hostKey?.hostKeys, [{ kind: "ed25519", fingerprint: site.fingerprint, isTrusted: true }]);
  assert.deepEqual([list?.files, list?.matching, list?.firstNames], [3, 1, ["day.csv.pgp"]]);
  assert.deepEqual([file?.file, file?.isEncrypted, file?.isWhole], ["day.csv.pgp", true, true]);
  assert.deepEqual([format?.format, format?.items], ["flat-csv", 3]);
  const { validated } = (await world.do(draftRoutes.readDraft)).body;
  assert.equal(validated?.isOk, true);
});

test("a site without a file to try is told apart from one whose file was read, in the reply and in the record", async () => {
  const verdicts: (string | undefined)[] = [];
  const look = async (): Promise<void> => {
    const { body } = await world.do(keyRoutes.validateConnection);
    const { validated } = (await world.do(draftRoutes.readDraft)).body;
    verdicts.push(body.verdict, validated?.verdict);
    assert.equal(body.isOk, body.verdict !== "fails");
  };
  await look();
  await putChats();
  await look();
  await put("day.csv.pgp", Buffer.from("no chats"));
  await look();
  assert.deepEqual(verdicts, ["untried", "untried", "works", "works", "fails", "fails"]);
});

test("nothing is kept of a validation, and no file's name or secret is in a log or record", async () => {
  await putChats();
  await validate();
  const kept: string[] = [];
  for (const container of ["evidence", "drops", "chats"] as const) {
    for await (const { path } of world.blobs.list(`${container}/`)) kept.push(path);
  }
  assert.deepEqual(kept, []);
  const told = JSON.stringify([world.log.lines, await world.audit()]);
  assert.ok(told.includes("connector.validated"));
  for (const word of ["day.csv", password, "hello"]) assert.ok(!told.includes(word), word);
  assert.ok(world.answers.every((answer) => !answer.includes(password)));
});

test("a site whose host key nobody has confirmed is sent nothing, and shows its key", async () => {
  await change({ site: { hostKeys: null } });
  const before = [...site.signIns.values()].reduce((sum, count) => sum + count, 0);
  await failsAt("host-key", "host-key-unconfirmed", /Compare the fingerprint/);
  const { told } = await validate();
  assert.deepEqual(told[1]?.details?.hostKeys?.[0]?.fingerprint, site.fingerprint);
  assert.equal(
    [...site.signIns.values()].reduce((sum, count) => sum + count, 0),
    before,
  );
});

test("a changed host key is told, with the one that is shown, and nothing is sent", async () => {
  await change({ site: { hostKeys: [`SHA256:${"A".repeat(43)}`] } });
  const before = [...site.signIns.values()].reduce((sum, count) => sum + count, 0);
  await failsAt("host-key", "host-key-changed", /not among the trusted ones/);
  assert.equal(
    [...site.signIns.values()].reduce((sum, count) => sum + count, 0),
    before,
  );
});

test("a host that does not exist, a port where nothing listens, and one that speaks no SSH are told apart", async () => {
  await change({ site: { host: "no-such-host.invalid", hostKeys: [site.fingerprint] } });
  await failsAt("connect", /^(name-not-found|unreachable|silent)$/, /SFTP (host|site)/);
  // What the other side says has to be read, or its end is never noticed and the server never closes.
  const quiet = createServer((socket) =>
    socket
      .on("error", () => {})
      .resume()
      .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  );
  await new Promise<void>((resolve) => quiet.listen(0, "127.0.0.1", resolve));
  const address = quiet.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await change({ site: { host: site.host, port, hostKeys: [site.fingerprint] } });
  await failsAt("connect", /^(not-ssh|disconnected)$/, /SSH|closed/);
  await new Promise((resolve) => quiet.close(resolve));
  await failsAt("connect", "refused", /Nothing listens/);
});

test("what is missing for a try is said before anything is tried", async () => {
  await change({ site: { host: null }, feed: null });
  const { status, faults: errors } = await world.ask("validateConnection");
  assert.equal(status, 400);
  assert.deepEqual(errors.map((one) => String(one).split(":")[0] ?? "").toSorted(), ["site.host", "site.user"]);
});

test("a wrong password, and one that is not there, are told", async () => {
  await world.do(keyRoutes.setPassword, { body: { password: "wrong" }, ifMatch: "*" });
  await failsAt("sign-in", "authentication-failed", /refused the sign-in/);
  await world.secrets.retire(secretName(acme, "sftp-password"));
  await failsAt("sign-in", "secret-missing", /no SFTP password yet/);
});

test("a key that the site does not know, one that is not there, and one with another passphrase are told", async () => {
  await change({ site: { login: "key" } });
  await failsAt("sign-in", "secret-missing", /no SSH key yet/);
  await world.do(keyRoutes.generateSshKey, { body: {} });
  await failsAt("sign-in", "authentication-failed", /refused the sign-in/);
  const { privateKey } = await generateSshKeys({ passphrase: "right" });
  await world.do(keyRoutes.uploadSshKey, { body: { privateKey, passphrase: "right", replace: true } });
  await world.secrets.set(secretName(acme, "sftp-passphrase"), "wrong");
  await failsAt("sign-in", "private-key-unusable", /passphrase is wrong/);
});

test("while keys are rotated it is told that the site knows the next one", async () => {
  await putChats();
  await change({ site: { login: "key" } });
  await world.do(keyRoutes.generateSshKey, { body: {} });
  await world.do(keyRoutes.uploadSshKey, { body: { privateKey: ssh.privateKey, which: "next" } });
  const next = (await validate()).told[2];
  assert.deepEqual([next?.outcome, next?.details?.sshKey], ["ok", "next"]);
  assert.match(next?.message ?? "", /switch the keys/);
  await world.do(keyRoutes.switchSshKey);
  assert.equal((await validate()).told[2]?.details?.sshKey, "current");
});

test("a folder that is not there, and one that may not be read, are told", async () => {
  await change({ site: { folder: "/nowhere" } });
  await failsAt("list", "no-such-folder", /folder does not exist/);
  await change({ site: { folder: "/" } });
  faults.denyList = true;
  await failsAt("list", "permission-denied", /list and read rights/);
});

test("an empty folder is no fault, and neither are patterns that take nothing; the rest is skipped", async () => {
  const empty = await validate();
  assert.deepEqual(empty.steps.slice(3), ["list ok", "decrypt skipped", "format skipped"]);
  assert.match(empty.told[3]?.message ?? "", /is empty/);
  assert.equal(empty.told[4]?.reason, "no-file");
  await put("notes.txt", "x");
  const { told } = await validate();
  assert.match(told[3]?.message ?? "", /patterns take none/);
  assert.deepEqual(told[3]?.details?.otherNames, ["notes.txt"]);
});

test("a file for another key, one that is not encrypted, a cut one and a tampered one are told apart", async () => {
  const other = await generatePgpKeys({ kind: "curve25519" });
  await put("day.csv.pgp", await encrypt(chats, other.publicKey));
  await failsAt("decrypt", "wrong-key", /another key than the connector's/);
  await put("day.csv.pgp", chats);
  await failsAt("decrypt", "not-encrypted", /not encrypted with OpenPGP/);
  const whole = await encrypt(chats);
  await put("day.csv.pgp", whole.subarray(0, -30));
  await failsAt("decrypt", "truncated", /ends before/);
  whole[whole.length - 40] = (whole[whole.length - 40] ?? 0) ^ 1;
  await put("day.csv.pgp", whole);
  await failsAt("decrypt", /^(tampered|damaged)$/, /./);
});

test("a connector without a PGP key, and one that takes plain files, are told when the files are encrypted", async () => {
  await putChats();
  await change({ encryption: { type: "none" } });
  await failsAt("decrypt", "still-encrypted", /set to take plain files/);
  await change({ encryption: { type: "pgp" } });
  await world.secrets.retire(secretName(acme, "pgp-private-key-1"));
  await failsAt("decrypt", "secret-missing", /PGP key/);
});

test("a format that nobody knows is described by its structure; an archive is left for the fetch", async () => {
  await put("day.csv.pgp", await encrypt(Buffer.from('<?xml version="1.0"?><Invoices><Invoice/></Invoices>')));
  await failsAt("format", "unknown-format", /Invoices/);
  await put("day.csv.pgp", await encrypt(Buffer.from([0x50, 0x4b, 3, 4, 0, 0])));
  const { told } = await validate();
  assert.deepEqual([told[5]?.outcome, told[5]?.details?.container], ["ok", "zip"]);
});

test("a timestamp without a zone is found out before the first day is lost to it", async () => {
  const naive = chats.toString().replaceAll('Z"', '"');
  await put("day.csv.pgp", await encrypt(Buffer.from(naive)));
  await failsAt("format", "timestamp-without-zone", /zone/);
  await change({ timestampZone: "Europe/London" });
  assert.equal((await validate()).isOk, true);
});

test("of a large file only the beginning is fetched", async () => {
  const rows = Array.from({ length: 300 }, (_, n) => ({
    ...{ id: `m${n}`, from: "ann", to: ["bob"] },
    text: randomBytes(30_000).toString("base64"),
  }));
  await put("day.csv.pgp", await encrypt(csvOf(rows)));
  faults.cutAfterBytes = 6_000_000;
  const { told, isOk } = await validate();
  assert.deepEqual([isOk, told[4]?.details?.isWhole], [true, false]);
  assert.ok((told[5]?.details?.items ?? 0) > 0);
});

test("a file that is shorter or longer than its listing says is told", async () => {
  await putChats();
  faults.endsAtByte = 100;
  await failsAt("decrypt", "file-shrank", /ended before the size/);
  faults.extraBytes = 50;
  Reflect.deleteProperty(faults, "endsAtByte");
  await failsAt("decrypt", /^(file-grew|damaged)$/, /./);
});

for (const [what, fault, step] of [
  ["the connection", { muteFromStart: true }, "connect"],
  ["the sign-in", { deafTo: ["sign-in"] }, "sign-in"],
  ["the listing", { deafTo: ["readdir"] }, "list"],
  ["the file", { deafTo: ["read"] }, "decrypt"],
  ["the file's bytes", { silentAfterBytes: 1 }, "decrypt"],
] as const satisfies readonly (readonly [string, SiteFaults, string])[]) {
  test(`a site that goes silent in ${what} is given up in seconds, and the step is told`, async () => {
    await putChats();
    Object.assign(faults, fault);
    const startedAt = performance.now();
    await failsAt(step, /^(silent|disconnected|timed-out)$/, /Try again/);
    assert.ok(performance.now() - startedAt < 10_000);
  });
}

test("one validation of a connector at a time", async () => {
  await putChats();
  faults.delayInMs = 50;
  const both = await Promise.all([world.ask("validateConnection"), world.ask("validateConnection")]);
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409],
  );
});

test("a connector is validated so often and not more, since a site locks who sends a wrong password too often", async () => {
  await change({ site: { hostKeys: null } });
  const statuses: number[] = [];
  for (let n = 0; n < 9; n += 1) statuses.push((await world.ask("validateConnection")).status);
  assert.deepEqual(statuses, [...Array.from({ length: 8 }, () => 200), 429]);
  const now = Date.now() + 10 * 60_000;
  world.now = () => now;
  assert.equal((await world.ask("validateConnection")).status, 200);
});

test("a validation is in the audit log with the host that was spoken to, before it begins", async () => {
  await putChats();
  await validate();
  const record = (await world.audit()).find(({ action }) => action === "validate-connection");
  assert.deepEqual([record?.target, record?.details], [acme, { host: site.host, port: site.port }]);
});
