import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseConfirmed, listCandidates, toFingerprint } from "../../../portal/setup/host-key-choice.ts";

const ed25519 = `SHA256:${"e".repeat(43)}`;
const rsa = `SHA256:${"r".repeat(43)}`;

const both = [ed25519, rsa];

test("only the host key that ICE named is confirmed, not another kind that came along with it", () => {
  const given = ` 256 ${ed25519} sftp.example (ED25519)`;
  assert.deepEqual(listCandidates(both, given), [ed25519]);
  assert.deepEqual(chooseConfirmed(both, given, new Set(both)), [ed25519]);
});

test("without a fingerprint of ICE's each key takes a tick of its own, and one tick confirms no other key", () => {
  assert.deepEqual(listCandidates(both, " "), both);
  assert.deepEqual(chooseConfirmed(both, " ", new Set([rsa])), [rsa]);
  assert.deepEqual(chooseConfirmed(both, "", new Set()), []);
});

test("a fingerprint that the server does not show confirms nothing, whatever was ticked before", () => {
  assert.deepEqual(chooseConfirmed([ed25519], rsa, new Set(both)), []);
});

test("a fingerprint is known with and without its name and padding", () => {
  assert.equal(toFingerprint(`${"e".repeat(43)}=`), ed25519);
  assert.equal(toFingerprint(`${ed25519}=`), ed25519);
});
