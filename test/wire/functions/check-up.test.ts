import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import { peopleChoice } from "../../../shared/config/connector.ts";
import { readFetchRecord } from "../../../shared/pipeline/fetch-record.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { probeSecret } from "../../../shared/secrets/vault-probe.ts";
import { paths } from "../../../shared/store/paths.ts";
import { type CheckWorld, inScope, outOfScope, startCheckWorld } from "../../support/check-world.ts";
import { acme } from "../../support/pipeline-world.ts";

/** Fails with all lines when none fits. */
function expectLine(lines: readonly string[], line: RegExp): void {
  assert.ok(
    lines.some((one) => line.test(one)),
    `no line like ${line} in\n${lines.join("\n")}`,
  );
}

/** The lines that are neither ok nor skipped. */
function troubles(lines: readonly string[]): string[] {
  return lines.filter((line) => /^(wrong|warning) /.test(line));
}

describe("the app checks itself", () => {
  let world: CheckWorld;
  before(async () => {
    world = await startCheckWorld();
  });
  beforeEach(() => world.mend({ connector: false }));
  after(() => world.close());

  async function expectTrouble(line: RegExp, changed?: Readonly<Record<string, string | undefined>>): Promise<void> {
    const lines = await world.check(changed);
    expectLine(lines, line);
    assert.equal(troubles(lines).length, 1, lines.join("\n"));
  }

  test("when all is well every line is ok, or skipped for what a laptop has not", async () => {
    await world.mend();
    const lines = await world.check();
    assert.deepEqual(troubles(lines), []);
    for (const line of [
      /^ok settings: \d+ of \d+ are set/,
      /^ok identity: app \S+, principal \S+, tenant \S+: tokens for 2 services$/,
      /^ok storage: 12 containers are there$/,
      /^ok storage: 11 queues are there; a message was put and taken back$/,
      /^ok storage: in state: written, read, compared, leased, appended, listed, deleted$/,
      /^ok clock: as storage's$/,
      /^ok vault: read and written \(secret icechat-check-up, /,
      /^ok connector acme: PGP, /,
      /^ok mapping acme: none: people are found by their own addresses$/,
      /^ok people acme: everybody's chats are imported$/,
      /^ok keys acme: private key 1, ed25519Legacy, [0-9A-F]{40}: opened; it does not expire$/,
      /^ok site acme: host key trusted, signed in, folder listed: 1 file matches$/,
      /^ok graph: the mailbox given as --in-scope is found and read\. Nothing was written/,
      /^ok graph: the mailbox given as --out-of-scope is refused \(403\): the scope holds$/,
    ])
      expectLine(lines, line);
    const ended = world.log.of("check.ended").at(-1);
    assert.deepEqual(
      [ended?.fields["ok"], ended?.fields["warnings"], ended?.fields["wrong"], ended?.fields["skipped"]],
      [lines.filter((line) => line.startsWith("ok ")).length, 0, 0, 2],
    );
  });

  test("nothing is left behind: no blob, no message, no address, one secret of one version, no item in a mailbox", async () => {
    await world.mend();
    await world.check();
    const check = await world.ask();
    const { checkUp } = world.wire();
    await checkUp({ v: 1, runId: check, check });
    await checkUp({ v: 1, runId: check, check });
    const left: string[] = [];
    const text: string[] = [JSON.stringify(world.log.lines)];
    for await (const { path } of world.storage.sound.blobs.list("state/check/")) {
      if (path.includes(check)) left.push(path);
      text.push((await world.storage.sound.blobs.read(path))?.bytes.toString() ?? "");
    }
    assert.deepEqual(left.toSorted(), [paths.check(check), paths.checkLock(check)]);
    assert.doesNotMatch(text.join("\n"), /contoso/);
    const { blobs } = world.storage.sound;
    const document = (await blobs.read(paths.check(check)))?.etag;
    await checkUp({ v: 1, runId: check, check });
    assert.equal((await blobs.read(paths.check(check)))?.etag, document, "an ended check is left alone");
    assert.equal(await world.storage.sound.account.messagesIn("checks"), 0);
    const versions = await versionsOf(world, probeSecret);
    assert.equal(versions, 1);
    for (const name of [inScope, outOfScope]) {
      const id = world.standIns.graph.people.find(name)?.id ?? "";
      const mailbox = world.standIns.graph.store.mailbox(id);
      assert.equal(mailbox.count(mailbox.root.number), 0);
    }
  });

  test("a container or queue that is missing is named, and the rest is checked all the same", async () => {
    const { connectionString } = world.storage.azurite;
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient("reports");
    const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient("chats-poison");
    await Promise.all([container.delete(), queue.delete()]);
    const lines = await world.check();
    await world.storage.sound.createMissing();
    expectLine(lines, /^wrong storage: containers are missing: reports -> Deploy again/);
    expectLine(lines, /^wrong storage: queues are missing: chats-poison -> Deploy again/);
    expectLine(lines, /^ok storage: in state: written/);
    assert.equal(troubles(lines).length, 2);
  });

  test("a 403 of storage is a role, the network, a key or a token, by its code", async () => {
    for (const [code, told] of [
      ["AuthorizationPermissionMismatch", /-> The app's identity needs Storage Blob Data Contributor and /],
      ["AuthorizationFailure", /-> The app has to reach the account through its subnet\. /],
      ["KeyBasedAuthenticationNotPermitted", /-> The account takes no keys, and AzureWebJobsStorage holds one/],
      ["AuthenticationFailed", /-> Storage does not take the token: /],
    ] as const) {
      world.storage.blobProxy.plan({ of: "GET container", times: 99, action: { kind: "refuse", status: 403, code } });
      const lines = await world.check();
      const [line, ...others] = troubles(lines);
      assert.match(line ?? "", new RegExp(`^wrong storage: look at container evidence: 403 ${code} `));
      assert.match(line ?? "", told);
      assert.deepEqual(others, []);
    }
  });

  test("a message that cannot be put names the queue's role", async () => {
    const action = { kind: "refuse", status: 403, code: "AuthorizationPermissionMismatch" } as const;
    world.storage.queueProxy.plan({ of: "Put Message", times: 9, action });
    await expectTrouble(/^wrong storage: send to queue checks: 403 .* -> .*Storage Queue Data Contributor/);
  });

  test("a clock that is off is told by storage's Date: ten seconds are a warning, ten minutes are wrong", async () => {
    for (const [offInSeconds, line] of [
      [10, /^warning clock: (9|10) s behind storage's -> /],
      [-600, /^wrong clock: (599|600) s ahead of storage's -> /],
    ] as const) {
      const set = () => ({ date: new Date(Date.now() + offInSeconds * 1000).toUTCString() });
      world.storage.blobProxy.plan({ times: 9999, action: { kind: "headers", set } });
      world.storage.queueProxy.plan({ times: 9999, action: { kind: "headers", set } });
      await expectTrouble(line);
    }
  });

  test("a vault that refuses: no role, its firewall, the right to read without that to write", async () => {
    const { faults } = world.standIns.keyVault;
    for (const [code, told] of [
      [
        "ForbiddenByRbac",
        /^wrong vault: Cannot read the secret .* -> Give the app's identity the role "Key Vault Secrets O/,
      ],
      ["ForbiddenByFirewall", /^wrong vault: Cannot read .* -> The vault's firewall refuses the app/],
    ] as const) {
      const { id } = faults.add({ match: { path: probeSecret }, action: { kind: "answer", status: 403, code } });
      await expectTrouble(told);
      faults.remove(id);
    }
    faults.add({ match: { method: "PATCH" }, action: { kind: "answer", status: 403, code: "ForbiddenByRbac" } });
    await expectTrouble(/^wrong vault: Cannot store the secret .* -> Give the app's identity the role "Key Vault Secr/);
  });

  test("an identity that Entra refuses is told once by its number, and what needs its tokens is skipped", async () => {
    await world.mend();
    const secret = process.env["AZURE_CLIENT_SECRET"];
    process.env["AZURE_CLIENT_SECRET"] = "another";
    const lines = await world.check();
    process.env["AZURE_CLIENT_SECRET"] = secret;
    assert.equal(troubles(lines).length, 2);
    expectLine(
      lines,
      /^wrong identity: Key Vault: no token: the client secret is wrong \(AADSTS7000215\) -> Set AZURE_CL/,
    );
    expectLine(lines, /^wrong identity: Microsoft Graph: no token: the client secret is wrong/);
    for (const area of ["vault", "keys acme", "site acme", "graph"]) {
      expectLine(lines, new RegExp(`^skipped ${area}: the app has no token for .*: see identity$`));
    }
    assert.doesNotMatch(lines.join("\n"), /another/);
  });

  test("a token of another app than AZURE_CLIENT_ID is wrong", async () => {
    await expectTrouble(/^wrong identity: the tokens are for app c2a4f7d8\S+, and AZURE_CLIENT_ID is 11111111-/, {
      AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555",
    });
  });

  test("permissions on all mailboxes are told loudly, more than is needed is told, and User.Read.All must be there", async () => {
    const { tokens } = world.standIns.entra;
    tokens.grant(["User.Read.All", "Mail.ReadWrite", "Mail.Send"]);
    await expectTrouble(
      /^warning identity: Entra has granted Mail\.ReadWrite, Mail\.Send: on EVERY mailbox of the tenant\. /,
    );
    tokens.grant(["User.Read.All", "Group.Read.All"]);
    await expectTrouble(/^warning identity: Entra has granted more than is needed: Group\.Read\.All -> /);
    tokens.grant([]);
    await expectTrouble(/^wrong identity: Entra has not granted User\.Read\.All .* -> .* up to 24 hours/);
  });

  test("of a connector whose hold list is a group it is told whether its members can be seen, and what is missing", async () => {
    const id = "11111111-2222-3333-4444-555555555555";
    const { graph, entra } = world.standIns;
    await world.save({ ...world.connector, people: peopleChoice.parse({ type: "group", group: id }) });
    expectLine(
      await world.check(),
      /^wrong people acme: The directory cannot be asked: There is no group of the object id/,
    );
    graph.groups.put({ id, members: [] });
    expectLine(await world.check(), /^wrong people acme: The group that connector acme names has no members/);
    graph.groups.put({ id, members: ["c0ffee00-0000-4000-8000-000000000001", "c0ffee00-0000-4000-8000-000000000002"] });
    entra.tokens.grant(["User.Read.All", "GroupMember.Read.All"]);
    const lines = await world.check();
    expectLine(lines, /^ok people acme: those in the group: 2 members, with those of groups in it$/);
    assert.deepEqual(troubles(lines), []);
    const refusal = { kind: "answer", status: 403, code: "Authorization_RequestDenied" } as const;
    graph.faults.add({ match: { path: "transitiveMembers" }, action: refusal });
    await expectTrouble(
      /^wrong people acme: Entra has not granted GroupMember\.Read\.All .* -> npm run register -- --hold-groups /,
    );
  });

  test("of a connector with a hold list it is told how long it is, or why it cannot be used", async () => {
    await world.save({ ...world.connector, people: { type: "list" } });
    expectLine(
      await world.check(),
      /^wrong people acme: The hold list of connector acme is missing\. -> Upload it again/,
    );
    const { blobs } = world.storage.sound;
    await blobs.create(paths.holdList(acme), Buffer.from("Mailbox\r\nann@x.example\r\nbob@x.example\r\n"));
    expectLine(await world.check(), /^ok people acme: those on the hold list: 2 addresses$/);
    await blobs.remove(paths.holdList(acme));
  });

  test("a mailbox that should be reached and is refused; then that the other is refused says nothing", async () => {
    world.standIns.graph.people.change("ann", { isInScope: false });
    const lines = await world.check();
    expectLine(
      lines,
      /^wrong graph: the mailbox given as --in-scope is refused \(403\) -> .*Test-ServicePrincipalAuthorization/,
    );
    expectLine(lines, /^skipped graph: the mailbox given as --out-of-scope is refused, which says nothing/);
  });

  test("a mailbox outside of the scope that can be read is wrong, and comes with where to look", async () => {
    world.standIns.graph.people.change("boss", { isInScope: true });
    await expectTrouble(
      /^wrong graph: the mailbox given as --out-of-scope can be READ: the scope does not hold -> Look first/,
    );
  });

  test("mailboxes that cannot be tried: unknown, without a mailbox, folders without messages, none given", async () => {
    const { graph } = world.standIns;
    const check = (asked: { inScope?: string; outOfScope?: string }) => world.check({}, asked);
    expectLine(
      await check({ inScope: "nobody@contoso.com" }),
      /^wrong graph: the directory knows nobody .* --in-scope/,
    );
    expectLine(
      await check({ outOfScope: "nobody@contoso.com" }),
      /^wrong graph: the directory knows nobody .*-scope -> Ch/,
    );
    expectLine(
      await check({ outOfScope: "gone@contoso.com" }),
      /^wrong graph: .* has no mailbox in Exchange Online -> Choo/,
    );
    const none = await check({});
    expectLine(none, /^skipped graph: whether a mailbox is reached: none was given -> .*--in-scope ADDRESS$/);
    expectLine(none, /^skipped graph: whether the scope holds: no mailbox .* -> .*--out-of-scope ADDRESS$/);
    graph.faults.add({
      match: { path: "/messages" },
      action: { kind: "answer", status: 403, code: "ErrorAccessDenied" },
    });
    expectLine(
      await world.check(),
      /^wrong graph: .* shows its folders and not its messages \(403 ErrorAccessDenied\)/,
    );
  });

  test("a directory that may not be asked, and Graph out of order", async () => {
    const { faults } = world.standIns.graph;
    const { id } = faults.add({
      match: { path: "/users/" },
      action: { kind: "answer", status: 403, code: "Authorization_RequestDenied" },
    });
    await expectTrouble(/^wrong graph: The directory cannot be asked: .* User\.Read\.All/s);
    faults.remove(id);
    faults.add({ match: { path: "/users/" }, action: { kind: "answer", status: 503, retryAfter: "0.1" } });
    await expectTrouble(/^wrong graph: The directory cannot be asked: Graph is out of order/);
  });

  test("a site with another host key is told with the one it shows, and nobody asks it again for a while", async () => {
    await world.mend();
    const hostKeys = [`SHA256:${"B".repeat(43)}`];
    await world.save({ ...world.connector, site: { ...world.connector.site, hostKeys } });
    const shown = world.site.fingerprint.replaceAll("+", "\\+");
    await expectTrouble(
      new RegExp(`^wrong site acme: The SFTP site showed a host key .*It shows ${shown} \\(ed25519\\); tr`),
    );
    const record = await readFetchRecord(world.storage.sound.blobs, acme);
    assert.equal(record?.refused?.reason, "host-key-changed");
    await world.save(world.connector);
    expectLine(
      await world.check(),
      /^skipped site acme: it refused lately \(host-key-changed\) and is left alone until /,
    );
  });

  test("a site that refuses the password is asked once, however often the doctor is", async () => {
    await world.mend();
    world.siteFaults.refuseLogins = true;
    await expectTrouble(/^wrong site acme: The SFTP site refused the sign-in\. -> Check the user name/);
    const asked = world.site.signIns.get("password");
    expectLine(await world.check(), /^skipped site acme: it refused lately \(authentication-failed\)/);
    assert.equal(world.site.signIns.get("password"), asked);
  });

  test("a site that hides its folder, and a password that is not in the vault", async () => {
    await world.mend();
    world.siteFaults.denyList = true;
    await expectTrouble(
      /^wrong site acme: The SFTP site does not let this user read here\. -> Ask the site's operator/,
    );
    await world.mend();
    await world.save({ ...world.connector, site: { ...world.connector.site, login: "key" } });
    await expectTrouble(
      /^wrong site acme: There is no enabled secret "icechat-acme-sftp-private-key" .* -> Add it: az k/,
    );
  });

  test("PGP keys that are missing, locked or no key are told apart, each by its number", async () => {
    await world.mend();
    await world.secrets.set(secretName(acme, "pgp-private-key-2"), "no key at all");
    await world.save({ ...world.connector, encryption: { type: "pgp", keys: [3, 2, 1], signers: ["nonsense"] } });
    const lines = await world.check();
    expectLine(lines, /^wrong keys acme: private key 3: There is no enabled secret "icechat-acme-pgp-private-key-3"/);
    expectLine(lines, /^wrong keys acme: private key 2: The PGP key cannot be read/);
    expectLine(lines, /^ok keys acme: private key 1, /);
    expectLine(lines, /^wrong keys acme: signer 1: The PGP key cannot be read/);
    assert.equal(troubles(lines).length, 3);
  });

  test("a mapping's bad lines are told by number, and nothing of what is in them", async () => {
    await world.mend();
    const { blobs } = world.storage.sound;
    await blobs.create(paths.mapping(acme), Buffer.from("ImId,Mailbox\nzqann,ann(at)contoso.com\n"));
    await expectTrouble(/^wrong mapping acme: line 2: this is no e-mail address such as .* -> Mend these lines/);
    await blobs.remove(paths.mapping(acme));
    await world.save({ ...world.connector, mapping: { isAutomatic: false } });
    await expectTrouble(/^wrong mapping acme: there is none, and people are not found by their own addresses -> /);
  });

  test("a connector that is paused, one that cannot be read, and a record with an impossible name", async () => {
    await world.mend();
    const { blobs } = world.storage.sound;
    await world.save({ ...world.connector, isPaused: true });
    await blobs.create("state/connector/broken", Buffer.from("{}"));
    await blobs.create("state/connector/No Name", Buffer.from("{}"));
    const copied = { revision: 1, writes: [], value: world.connector };
    await blobs.create("state/connector/copied", Buffer.from(JSON.stringify(copied)));
    const lines = await world.check();
    for (const name of ["broken", "No Name", "copied"]) await blobs.remove(`state/connector/${name}`);
    expectLine(lines, /^wrong connector copied: its record calls it acme -> /);
    expectLine(lines, /^warning connector acme: paused: nothing is fetched/);
    expectLine(lines, /^wrong connector broken: The state document state\/connector\/broken does not fit/);
    expectLine(lines, /^wrong connector: 1 records in state\/connector\/ have impossible names/);
    assert.equal(troubles(lines).length, 4);
  });

  test("settings that are wrong are told to the asker, and the message is done with", async () => {
    const lines = await world.check({ KEY_VAULT_URI: undefined, LOCK_SECONDS: "5" });
    assert.deepEqual(
      lines.map((line) => line.slice(0, 34)),
      ["wrong settings: KEY_VAULT_URI: must", "wrong settings: LOCK_SECONDS: must "].map((line) => line.slice(0, 34)),
    );
    const check = await world.ask();
    const { checkUp } = world.wire({ KEY_VAULT_URI: undefined, AzureWebJobsStorage: undefined });
    await assert.rejects(checkUp({ v: 1, runId: check, check }), /KEY_VAULT_URI/);
  });

  test("a setting that is nearly one of ours is told with the one that is meant", async () => {
    await expectTrouble(
      /^warning settings: there is a setting FETCH_DEADLINE_SECOND, .* -> FETCH_DEADLINE_SECONDS may be/,
      {
        FETCH_DEADLINE_SECOND: "5",
      },
    );
  });

  test("a check that is given up is ended for its asker, keeps what was found and no address", async () => {
    const check = await world.ask();
    await world.wire().buryMessage("checks-poison", "copy", { v: 1, runId: check, check });
    const document = await world.read(check);
    assert.equal(document?.asked, undefined);
    assert.notEqual(document?.endedAt, undefined);
    assert.match(document?.findings[0]?.text ?? "", /^the check failed five times/);
    assert.deepEqual(world.log.of("message.dead").at(-1)?.fields["record"], paths.check(check));
    const foreign = { dropId: "words" };
    await world.wire().buryMessage("checks-poison", "other", foreign);
    assert.match(String(world.log.of("message.dead").at(-1)?.fields["record"]), /^state\/dead\/foreign\//);
  });
});

async function versionsOf({ standIns }: CheckWorld, name: string): Promise<number> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const { ClientSecretCredential } = await import("@azure/identity");
  const { app, tenantId, entra, keyVault } = standIns;
  const options = { authorityHost: entra.url, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential(tenantId, app.clientId, app.clientSecret, options);
  const client = new SecretClient(keyVault.url, credential, { disableChallengeResourceVerification: true });
  let versions = 0;
  for await (const _ of client.listPropertiesOfSecretVersions(name)) versions += 1;
  return versions;
}
