import assert from "node:assert/strict";
import { test } from "node:test";
import { generateKey } from "openpgp";
import { checkKeys } from "../../../shared/pipeline/check/check-keys.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { MemorySecrets } from "../../support/memory-secrets.ts";
import { acme, connectorOf } from "../../support/pipeline-world.ts";

const now = Date.UTC(2026, 5, 4);
const aDayInMs = 24 * 3600_000;

async function keyUntil(day: number): Promise<{ privateKey: string; publicKey: string }> {
  const date = new Date(now - 400 * aDayInMs);
  const keyExpirationTime = (now + day * aDayInMs - date.getTime()) / 1000;
  return await generateKey({ type: "ecc", curve: "ed25519Legacy", userIDs: [{ name: "x" }], date, keyExpirationTime });
}

test("the key that senders use is told of a month before it expires; an old one may expire, and a signer should not", async () => {
  const [expired, soon, later] = await Promise.all([keyUntil(-3), keyUntil(20), keyUntil(90)]);
  const secrets = new MemorySecrets(
    Object.fromEntries(
      [expired, soon, later].map(({ privateKey }, i) => [secretName(acme, `pgp-private-key-${i + 1}`), privateKey]),
    ),
  );
  const linesOf = async (keys: number[], signers: string[] = []): Promise<string[]> => {
    const lines: string[] = [];
    const connector = connectorOf({ encryption: { type: "pgp", keys, signers } });
    for await (const { status, text } of checkKeys(
      { secrets, clock: { now: () => now }, noToken: new Set() },
      connector,
    ))
      lines.push(`${status}: ${text.replace(/[0-9A-F]{40}/, "F")}`);
    return lines;
  };
  assert.deepEqual(await linesOf([1, 2]), [
    "wrong: private key 1, ed25519Legacy, F: expired on 2026-06-01, so senders refuse to encrypt for it",
    "ok: private key 2, ed25519Legacy, F: opened; an older one, until 2026-06-24",
  ]);
  assert.deepEqual(await linesOf([2, 1], [expired.publicKey, later.publicKey]), [
    "warning: private key 2, ed25519Legacy, F: opened; expires on 2026-06-24",
    "ok: private key 1, ed25519Legacy, F: opened; an older one, until 2026-06-01",
    "warning: signer F: expired on 2026-06-01",
    "ok: signer F: read; expires on 2026-09-02",
  ]);
  assert.deepEqual(await linesOf([3]), ["ok: private key 3, ed25519Legacy, F: opened; expires on 2026-09-02"]);
});

test("a key whose passphrase is wrong says so", async () => {
  const { privateKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "x" }],
    passphrase: "right",
  });
  const secrets = new MemorySecrets({
    [secretName(acme, "pgp-private-key-1")]: privateKey,
    [secretName(acme, "pgp-passphrase-1")]: "wrong",
  });
  const connector = connectorOf({ encryption: { type: "pgp", keys: [1], signers: [] } });
  for await (const { status, text } of checkKeys(
    { secrets, clock: { now: () => now }, noToken: new Set() },
    connector,
  )) {
    assert.equal(status, "wrong");
    assert.match(text, /: The passphrase does not open the private PGP key\.$/);
  }
});
