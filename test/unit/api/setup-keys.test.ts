import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { keyRoutes } from "../../../shared/api/contract/keys.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { VaultFault } from "../../../shared/secrets/vault-fault.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";

async function start(login: "password" | "key" | "key-and-password" = "key"): Promise<SetupWorld> {
  const world = new SetupWorld();
  await world.do(draftRoutes.createDraft, { body: { name: acme, values: { site: { login } } } });
  return world;
}

/** What real ssh-keygen makes of files; removed afterwards. */
function withSshKeygen<T>(files: Readonly<Record<string, string>>, run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "ssh-keygen-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function keygen(...args: string[]): string {
  return execFileSync("ssh-keygen", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

test("a generated SSH key can be downloaded in two forms that ssh-keygen reads, with the fingerprint that is told", async () => {
  const world = await start();
  const { body } = await world.do(keyRoutes.generateSshKey, { body: {} });
  const line = (await world.ask("downloadSshKey", { params: { which: "current" } })).text;
  const ssh2 = (await world.ask("downloadSshKey", { params: { which: "current" }, query: { form: "ssh2" } })).text;
  assert.equal(line, `${body.publicKey}\n`);
  withSshKeygen({ "a.pub": line, "b.pub": ssh2 }, (folder) => {
    assert.ok(keygen("-l", "-f", join(folder, "a.pub")).includes(body.fingerprint));
    assert.equal(keygen("-i", "-f", join(folder, "b.pub")).trim(), line.split(" ").slice(0, 2).join(" "));
  });
});

test("of several SSH keys that are made at once one is kept, and nobody is shown another one", async () => {
  const world = await start();
  const asked = Array.from({ length: 4 }, () => world.ask("generateSshKey", { body: {} }));
  const answers = await Promise.all(asked);
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.equal(answers.filter(({ status }) => status === 409).length, 3);
  const kept = (await world.ask("downloadSshKey", { params: { which: "current" } })).text.trim();
  assert.ok(answers.some(({ text }) => text.includes(kept)));
});

test("a private key that ssh-keygen made is taken with its passphrase, whatever line ends it is pasted with", async () => {
  const world = await start();
  const { privateKey, fingerprint } = withSshKeygen({}, (folder) => {
    const path = join(folder, "key");
    keygen("-q", "-t", "ed25519", "-N", "correct horse", "-f", path);
    return { privateKey: readFileSync(path, "utf8"), fingerprint: keygen("-l", "-f", path).split(" ")[1] };
  });
  const pasted = ` ${privateKey.replaceAll("\n", "\r\n")} `;
  const { body } = await world.do(keyRoutes.uploadSshKey, {
    body: { privateKey: pasted, passphrase: "correct horse" },
  });
  assert.equal(body.fingerprint, fingerprint);
  const [fact] = (await world.do(keyRoutes.listSecrets)).body.items;
  assert.deepEqual([fact?.fingerprint, fact?.hasPassphrase, fact?.problem], [fingerprint, true, undefined]);
});

test("what is wrong with an uploaded SSH key is told at its field, and nothing is stored", async () => {
  const world = await start();
  const locked = await generateSshKeys({ passphrase: "right" });
  for (const [body, fault] of [
    [{ privateKey: locked.privateKey }, /^passphrase: .*locked/],
    [{ privateKey: locked.privateKey, passphrase: "wrong" }, /^passphrase: .*does not open/],
    [{ privateKey: locked.publicKey }, /^privateKey: .*public half/],
    [{ privateKey: "hello" }, /^privateKey: .*no private SSH key/],
  ] as const) {
    const { status, faults } = await world.ask("uploadSshKey", { body });
    assert.equal(status, 400);
    assert.match(faults[0] ?? "", fault);
  }
  assert.equal(await world.secrets.getOptional(secretName(acme, "sftp-private-key")), undefined);
});

test("a key that the site may know is not overwritten by mistake; the same key again is no other one", async () => {
  const world = await start();
  const { privateKey } = await generateSshKeys();
  const { body: first } = await world.do(keyRoutes.uploadSshKey, { body: { privateKey } });
  assert.equal((await world.do(keyRoutes.uploadSshKey, { body: { privateKey } })).body.fingerprint, first.fingerprint);
  assert.equal((await world.ask("generateSshKey", { body: {} })).status, 409);
  const { body: second } = await world.do(keyRoutes.generateSshKey, { body: { replace: true } });
  assert.notEqual(second.fingerprint, first.fingerprint);
});

test("SSH keys are rotated: the next one stands beside the current one until they are switched", async () => {
  const world = await start();
  const { body: first } = await world.do(keyRoutes.generateSshKey, { body: { which: "next" } });
  assert.equal(first.which, "current", "the first key is in use at once");
  const { body: next } = await world.do(keyRoutes.generateSshKey, { body: { which: "next" } });
  const facts = async () =>
    (await world.do(keyRoutes.listSecrets)).body.items
      .filter(({ kind }) => kind.endsWith("ssh-key"))
      .map(({ kind, fingerprint }) => [kind, fingerprint]);
  assert.deepEqual(await facts(), [
    ["ssh-key", first.fingerprint],
    ["next-ssh-key", next.fingerprint],
  ]);
  const { body: switched } = await world.do(keyRoutes.switchSshKey);
  assert.deepEqual([switched.which, switched.fingerprint], ["current", next.fingerprint]);
  assert.deepEqual(await facts(), [["ssh-key", next.fingerprint]]);
  const again = await world.ask("switchSshKey");
  assert.deepEqual([again.status, /no next SSH key/.test(again.detail)], [409, true]);
});

test("a switch that broke off anywhere is done by another one", async () => {
  for (const failAt of [1, 2, 3, 4]) {
    const world = await start();
    const { privateKey } = await generateSshKeys({ passphrase: "old" });
    await world.do(keyRoutes.uploadSshKey, { body: { privateKey, passphrase: "old" } });
    const { body: next } = await world.do(keyRoutes.generateSshKey, { body: { which: "next" } });
    let writes = 0;
    const [set, retire] = [world.secrets.set.bind(world.secrets), world.secrets.retire.bind(world.secrets)];
    const count = () => {
      writes += 1;
      if (writes === failAt) throw new Error("the vault is away");
    };
    world.secrets.set = async (name, value) => {
      count();
      await set(name, value);
    };
    world.secrets.retire = async (name) => {
      count();
      await retire(name);
    };
    await assert.rejects(world.ask("switchSshKey"), /away/);
    Object.assign(world.secrets, { set, retire });
    await world.ask("switchSshKey");
    const facts = (await world.do(keyRoutes.listSecrets)).body.items.filter(({ kind }) => kind.endsWith("ssh-key"));
    assert.deepEqual(
      facts.map(({ kind, fingerprint, problem }) => [kind, fingerprint, problem]),
      [["ssh-key", next.fingerprint, undefined]],
      `write ${failAt}`,
    );
  }
});

test("each PGP key has a number of its own, also when two admins make one at the same moment", async () => {
  const world = await start();
  const made = await Promise.all(
    [1, 2, 3].map(() => world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } })),
  );
  assert.deepEqual(
    made.map(({ body }) => body.number).toSorted((a, b) => a - b),
    [1, 2, 3],
  );
  for (const { body } of made) {
    const { text } = await world.ask("downloadPgpKey", { params: { number: body.number } });
    assert.equal(text, body.publicKey);
  }
  const { keys } = (await world.do(draftRoutes.readDraft)).body;
  assert.deepEqual(
    [...keys].toSorted((a, b) => a - b),
    [1, 2, 3],
  );
});

test("an uploaded PGP key must open and be able to decrypt; the same one twice keeps its number", async () => {
  const world = await start();
  const { privateKey, publicKey, fingerprint } = await generatePgpKeys({ kind: "curve25519", passphrase: "right" });
  for (const [body, fault] of [
    [{ privateKey }, /^passphrase: .*locked/],
    [{ privateKey, passphrase: "wrong" }, /^passphrase: .*does not open/],
    [{ privateKey: publicKey }, /^privateKey: /],
    [{ privateKey: "hello" }, /^privateKey: /],
  ] as const) {
    const { status, faults } = await world.ask("uploadPgpKey", { body });
    assert.deepEqual([status, faults.length], [400, 1]);
    assert.match(faults[0] ?? "", fault);
  }
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  const { body } = await world.do(keyRoutes.uploadPgpKey, { body: { privateKey, passphrase: "right" } });
  assert.deepEqual([body.number, body.fingerprint], [2, fingerprint]);
  const again = await world.do(keyRoutes.uploadPgpKey, {
    body: { privateKey, passphrase: "right", isCurrent: false },
  });
  assert.equal(again.body.number, 2);
  assert.deepEqual((await world.do(draftRoutes.readDraft)).body.keys, [2, 1], "it does not become an old one by that");
});

test("the same PGP key that is uploaded twice at once is there once", async () => {
  const world = await start();
  const { privateKey } = await generatePgpKeys({ kind: "curve25519" });
  const set = world.secrets.set.bind(world.secrets);
  world.secrets.set = async (name, value) => {
    await sleep(50);
    await set(name, value);
  };
  const both = await Promise.all([1, 2].map(() => world.ask("uploadPgpKey", { body: { privateKey } })));
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  );
  assert.deepEqual((await world.do(draftRoutes.readDraft)).body.keys, [1]);
});

test("a password is overwritten in sight of the one that is there, and of no other", async () => {
  const world = await start();
  const set = async (password: string, ifMatch?: string) =>
    (await world.ask("setPassword", { body: { password }, ifMatch })).status;
  assert.equal(await set("first"), 200, "the first one overwrites nothing");
  assert.equal(await set("second"), 428);
  const { etag } = await world.do(keyRoutes.listSecrets);
  assert.equal(await set("second", etag), 200);
  assert.equal(await set("third", etag), 412);
  assert.equal(await world.secrets.getOptional(secretName(acme, "sftp-password")), "second");
  assert.equal(await set("third", "*"), 200);
});

test("a key that is uploaded as an old one stands behind the current one", async () => {
  const world = await start();
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  const { privateKey } = await generatePgpKeys({ kind: "curve25519" });
  await world.do(keyRoutes.uploadPgpKey, { body: { privateKey, isCurrent: false } });
  assert.deepEqual((await world.do(draftRoutes.readDraft)).body.keys, [1, 2]);
  const facts = (await world.do(keyRoutes.listSecrets)).body.items.filter(({ kind }) => kind === "pgp-key");
  assert.deepEqual(
    facts.map(({ number, isCurrent }) => [number, isCurrent]),
    [
      [1, true],
      [2, false],
    ],
  );
});

test("the ages of secrets are told, and by when they end", async () => {
  const world = await start("key-and-password");
  const before = Date.now();
  await world.do(keyRoutes.setPassword, { body: { password: "marked-password" } });
  world.secrets.date(secretName(acme, "sftp-password"), { createdAt: before, expiresAt: before + 1000 });
  const { items } = (await world.do(keyRoutes.listSecrets)).body;
  const told = items.map(({ kind, isSet, isNeeded, setAt, expiresAt }) => ({
    kind,
    isSet,
    isNeeded,
    setAt,
    expiresAt,
  }));
  assert.deepEqual(told, [
    {
      kind: "sftp-password",
      isSet: true,
      isNeeded: true,
      setAt: new Date(before).toISOString(),
      expiresAt: new Date(before + 1000).toISOString(),
    },
    { kind: "ssh-key", isSet: false, isNeeded: true, setAt: undefined, expiresAt: undefined },
    { kind: "pgp-key", isSet: false, isNeeded: true, setAt: undefined, expiresAt: undefined },
  ]);
});

test("a vault that refuses is told with what to do, and the key is not noted as in use", async () => {
  const world = await start();
  const refused = Object.assign(new Error("no"), { statusCode: 403, code: "Forbidden" });
  world.secrets.set = async (name) => {
    throw new VaultFault("store", name, "https://v.example", refused);
  };
  const { status, detail } = await world.ask("generatePgpKey", { body: { kind: "curve25519" } });
  assert.equal(status, 503);
  assert.match(detail, /Key Vault Secrets Officer/);
  assert.deepEqual((await world.do(draftRoutes.readDraft)).body.keys, []);
});

test("each change of a secret is in the audit log before it is made, and not made when the record cannot be left", async () => {
  const world = await start();
  await world.do(keyRoutes.setPassword, { body: { password: "marked-password" } });
  await world.do(keyRoutes.generateSshKey, { body: {} });
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  // Records of one millisecond are in no order.
  assert.deepEqual(
    new Set((await world.audit()).map(({ action, target, principal }) => `${action} ${target} ${principal}`)),
    new Set(
      ["create-draft", "set-password", "generate-ssh-key", "generate-pgp-key"].map(
        (action) => `${action} ${acme} entra:admin@tenant`,
      ),
    ),
  );
  const create = world.blobs.create.bind(world.blobs);
  world.blobs.create = async (path, bytes, options) => {
    if (path.startsWith("audit/")) throw new Error("storage is away");
    return await create(path, bytes, options);
  };
  await assert.rejects(world.ask("setPassword", { body: { password: "other" }, ifMatch: "*" }), /away/);
  assert.equal(await world.secrets.getOptional(secretName(acme, "sftp-password")), "marked-password");
});

test("no answer, log line or record ever holds a secret", async () => {
  const world = await start("key-and-password");
  const ssh = await generateSshKeys({ passphrase: "marked-ssh-passphrase" });
  const pgp = await generatePgpKeys({ kind: "curve25519", passphrase: "marked-pgp-passphrase" });
  await world.do(keyRoutes.setPassword, { body: { password: "marked-password" } });
  await world.ask("setPassword", { body: { password: "marked-password\n" } });
  await world.ask("setPassword", { body: { password: { marked: "marked-password" } } });
  const sshBody = { privateKey: ssh.privateKey, passphrase: "marked-ssh-passphrase" };
  await world.do(keyRoutes.uploadSshKey, { body: sshBody });
  await world.ask("uploadSshKey", { body: { ...sshBody, passphrase: "marked-wrong" } });
  await world.do(keyRoutes.uploadSshKey, { body: { ...sshBody, which: "next" } });
  await world.do(keyRoutes.switchSshKey);
  const pgpBody = { privateKey: pgp.privateKey, passphrase: "marked-pgp-passphrase" };
  await world.do(keyRoutes.uploadPgpKey, { body: pgpBody });
  await world.ask("uploadPgpKey", { body: { ...pgpBody, passphrase: "marked-wrong" } });
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  for (const [endpoint, params] of [
    ["listSecrets", {}],
    ["readDraft", {}],
    ["downloadSshKey", { which: "current" }],
    ["downloadPgpKey", { number: 1 }],
    ["downloadPgpKey", { number: 2 }],
  ] as const) {
    assert.equal((await world.ask(endpoint, { params })).status, 200, endpoint);
  }
  const generated = await world.secrets.getOptional(secretName(acme, "pgp-private-key-2"));
  const inside = [ssh.privateKey, pgp.privateKey, generated ?? ""].map((key) => key.split("\n")[4] ?? "missing");
  const records = JSON.stringify(await world.audit());
  const everything = [...world.answers, records, JSON.stringify(world.log.lines)];
  assert.ok(everything.length > 20);
  for (const secret of ["marked", "PRIVATE KEY", ...inside]) {
    assert.deepEqual(
      everything.filter((text) => text.includes(secret)),
      [],
      secret,
    );
  }
});
