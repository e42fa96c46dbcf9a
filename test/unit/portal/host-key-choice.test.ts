import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseConfirmed, toFingerprint } from "../../../portal/setup/host-key-choice.ts";

const ed25519 = `SHA256:${"e".repeat(43)}`;
const rsa = `SHA256:${"r".repeat(43)}`;

test("only the host key that ICE named is confirmed, not another kind that came along with it", () => {
  assert.deepEqual(chooseConfirmed([ed25519, rsa], ` 256 ${ed25519} sftp.example (ED25519)`), [ed25519]);
});

test("without a fingerprint of ICE's all that were compared by eye are confirmed", () => {
  assert.deepEqual(chooseConfirmed([ed25519, rsa], " "), [ed25519, rsa]);
});

test("a fingerprint that the server does not show confirms nothing", () => {
  assert.equal(chooseConfirmed([ed25519], rsa), undefined);
});

test("a fingerprint is known with and without its name and padding", () => {
  assert.equal(toFingerprint(`${"e".repeat(43)}=`), ed25519);
  assert.equal(toFingerprint(`${ed25519}=`), ed25519);
});
