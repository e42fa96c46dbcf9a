import assert from "node:assert/strict";
import { test } from "node:test";
import { connector as schema } from "../../../shared/config/connector.ts";
import { DecryptError } from "../../../shared/decrypt/decrypt-error.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { keyringOf } from "../../../shared/pipeline/keyring-shelf.ts";
import { MemorySecrets } from "../../support/memory-secrets.ts";

const site = { host: "sftp.example", user: "ACME01", hostKeys: [`SHA256:${"A".repeat(43)}`] };
const connector = schema.parse({ v: 1, name: "desk", feed: "ACME01", site });
const keys = await generatePgpKeys({ kind: "curve25519", passphrase: "first" });

test("a keyring is opened once for all files, and anew when a secret has changed", async () => {
  const secrets = new MemorySecrets({
    "icechat-desk-pgp-private-key-1": keys.privateKey,
    "icechat-desk-pgp-passphrase-1": "first",
  });
  const first = await keyringOf(secrets, connector);
  assert.deepEqual(first?.fingerprints, [keys.fingerprint]);
  assert.equal(await keyringOf(secrets, connector), first);

  const next = await generatePgpKeys({ kind: "curve25519", passphrase: "first" });
  await secrets.set("icechat-desk-pgp-private-key-1", next.privateKey);
  assert.deepEqual((await keyringOf(secrets, connector))?.fingerprints, [next.fingerprint]);
});

test("a wrong passphrase is told each time, also when the right one was there before", async () => {
  const secrets = new MemorySecrets({
    "icechat-desk-pgp-private-key-1": keys.privateKey,
    "icechat-desk-pgp-passphrase-1": "first",
  });
  await keyringOf(secrets, connector);
  await secrets.set("icechat-desk-pgp-passphrase-1", "second");
  for (let n = 0; n < 2; n += 1) {
    const isWrong = (error: unknown) => error instanceof DecryptError && error.reason === "passphrase-wrong";
    await assert.rejects(keyringOf(secrets, connector), isWrong);
  }
});

test("another vault's key of the same name is another key", async () => {
  const [one, other] = await Promise.all(
    [keys, await generatePgpKeys({ kind: "curve25519" })].map(async ({ privateKey, fingerprint }) => {
      const secrets = new MemorySecrets({
        "icechat-desk-pgp-private-key-1": privateKey,
        "icechat-desk-pgp-passphrase-1": "first",
      });
      assert.deepEqual((await keyringOf(secrets, connector))?.fingerprints, [fingerprint]);
      return await keyringOf(secrets, connector);
    }),
  );
  assert.notEqual(one, other);
});
