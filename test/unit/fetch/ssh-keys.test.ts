import assert from "node:assert/strict";
import { test } from "node:test";
import { isTrustedHostKey, toFingerprint } from "../../../shared/fetch/host-key.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { describePrivateSshKey, generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";

test("a generated pair fits together and names nobody", async () => {
  const pair = await generateSshKeys();
  assert.deepEqual(describePrivateSshKey(pair.privateKey), {
    publicKey: pair.publicKey,
    fingerprint: pair.fingerprint,
    algorithm: "ssh-ed25519",
  });
  assert.match(pair.publicKey, /^ssh-ed25519 \S+ ice-chat-connector$/);
  assert.equal(toFingerprint(Buffer.from(pair.publicKey.split(" ")[1] ?? "", "base64")), pair.fingerprint);
});

test("a passphrase locks the private key", async () => {
  const { privateKey } = await generateSshKeys({ passphrase: "correct horse" });
  assert.match(describePrivateSshKey(privateKey, "correct horse").fingerprint, /^SHA256:/);
  for (const passphrase of ["wrong", undefined]) {
    const isUnusable = (error: unknown) => error instanceof SiteError && error.reason === "private-key-unusable";
    assert.throws(() => describePrivateSshKey(privateKey, passphrase), isUnusable);
  }
});

test("a public key, or any other text, is no private key", async () => {
  const { publicKey } = await generateSshKeys();
  for (const text of [
    publicKey,
    "",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
  ]) {
    assert.throws(() => describePrivateSshKey(text), SiteError);
  }
});

test("fingerprints are compared exactly, but for the padding that some tools print", () => {
  const fingerprint = toFingerprint(Buffer.from("key"));
  assert.equal(isTrustedHostKey([`${fingerprint}=`, "SHA256:other"], fingerprint), true);
  assert.equal(isTrustedHostKey([fingerprint.toLowerCase()], fingerprint), false);
  assert.equal(isTrustedHostKey([], fingerprint), false);
});

test("every generated key can be read, also one whose public half begins with a zero byte", async () => {
  for (let n = 0; n < 1500; n += 1) assert.match((await generateSshKeys()).publicKey, /^ssh-ed25519 \S{68} /);
});
