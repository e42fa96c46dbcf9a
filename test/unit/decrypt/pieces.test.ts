import assert from "node:assert/strict";
import { test } from "node:test";
import { DecryptError } from "../../../shared/decrypt/decrypt-error.ts";
import { rechunk } from "../../../shared/decrypt/rechunk.ts";
import { isBegunArmor, isPgp, sniffPgp } from "../../../shared/decrypt/sniff-pgp.ts";
import { Watchdog } from "../../../shared/decrypt/watchdog.ts";

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array, void> {
  for (const size of sizes) yield new Uint8Array(size).fill(size);
}

async function sizesOf(source: AsyncIterable<Uint8Array>): Promise<number[]> {
  const sizes: number[] = [];
  for await (const { byteLength } of source) sizes.push(byteLength);
  return sizes;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("small pieces are joined and large ones cut", async () => {
  assert.deepEqual(await sizesOf(rechunk(pieces(1, 2, 0, 3, 10, 1), 5, 8)), [6, 8, 2, 1]);
  assert.deepEqual(await sizesOf(rechunk(pieces(), 5, 8)), []);
});

test("encrypted messages are known by their first bytes", () => {
  assert.equal(sniffPgp(Buffer.from([0x84, 0x5e, 0x03])), "binary");
  assert.equal(sniffPgp(Buffer.from([0xc1, 0xc0, 0x4c, 0x03])), "binary");
  assert.equal(sniffPgp(Buffer.from("\uFEFF\r\n-----BEGIN PGP MESSAGE-----\n")), "armored");
});

test("nothing else is taken for an encrypted message", () => {
  const others = [
    "<?xml",
    "\uFEFF<FileDump/>",
    "ConversationId,Text",
    "{}",
    "PK\u0003\u0004",
    "",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----",
  ];
  for (const text of others) assert.equal(isPgp(Buffer.from(text)), false, text);
  for (const bytes of [
    [0x1f, 0x8b],
    [0xff, 0xfe, 0x3c, 0],
    [0xfe, 0xff, 0, 0x3c],
    [0xcb, 0x05],
  ])
    assert.equal(isPgp(Buffer.from(bytes)), false);
});

test("the beginning of an armored message is told from another text", () => {
  for (const text of ["", "-", "-----BEGIN PG"]) assert.equal(isBegunArmor(Buffer.from(text)), true, text);
  for (const text of ["<", "-----BEGIN X", "--x"]) assert.equal(isBegunArmor(Buffer.from(text)), false, text);
});

test("the watchdog ends a standstill, and only a standstill", async () => {
  const watchdog = new Watchdog(60, () => new DecryptError("stalled"));
  const slow = (async () => {
    for (let i = 0; i < 8; i += 1) {
      await wait(20);
      watchdog.note();
    }
    return "done";
  })();
  assert.equal(await watchdog.watch(slow), "done");
  const never = watchdog.watch(new Promise(() => undefined));
  await assert.rejects(never, (error) => error instanceof DecryptError && error.reason === "stalled");
});

test("the watchdog passes on a failure at once, also to who asks later", async () => {
  const watchdog = new Watchdog(10_000, () => new Error("no standstill"));
  const waiting = watchdog.watch(new Promise(() => undefined));
  watchdog.fail(new Error("first"));
  watchdog.fail(new Error("second"));
  await assert.rejects(waiting, /first/);
  await assert.rejects(watchdog.watch(new Promise(() => undefined)), /first/);
});
