import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { dearmor } from "../../../shared/decrypt/dearmor.ts";
import { DecryptError, type DecryptReason } from "../../../shared/decrypt/decrypt-error.ts";

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array, void> {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size = 1_000): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of dearmor(inPieces(text, size))) all.push(piece);
  return Buffer.concat(all);
}

const begin = "-----BEGIN PGP MESSAGE-----";
const end = "-----END PGP MESSAGE-----";

function armor(bytes: Buffer, newline = "\n", headers = ""): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return [begin, ...(headers === "" ? [] : [headers]), "", ...lines, "=AbC+", end, ""].join(newline);
}

const refused = (text: string, reason: DecryptReason) =>
  assert.rejects(read(text), (error) => error instanceof DecryptError && error.reason === reason, JSON.stringify(text));

test("gives the bytes for every length, line end and size of piece", async () => {
  for (const length of [0, 1, 2, 3, 47, 48, 49, 1_000]) {
    const bytes = randomBytes(length);
    for (const newline of ["\n", "\r\n"]) {
      for (const size of [1, 7, 10_000]) {
        assert.deepEqual(await read(armor(bytes, newline, "Version: x\nComment: y"), size), bytes);
      }
    }
  }
});

test("needs no checksum line, and does not look at a wrong one", async () => {
  const bytes = randomBytes(100);
  assert.deepEqual(await read(armor(bytes).replace("=AbC+\n", "")), bytes);
  assert.deepEqual(await read(`\uFEFF \n${armor(bytes)}  \n\n`), bytes);
});

test("a text that is cut anywhere before its last line ends is truncated", async () => {
  const text = armor(randomBytes(100));
  for (let length = 0; length < text.trimEnd().length; length += 1) await refused(text.slice(0, length), "truncated");
});

test("anything that is no base64, and anything after the message, is damage", async () => {
  const text = armor(randomBytes(600));
  for (const wrong of [
    text.replace("\n\n", "\n\n~~~~~"),
    `${text}x`,
    text + text,
    text.replace(end, "-----END PGP SIGNATURE-----"),
  ]) {
    await refused(wrong, "damaged");
  }
});

test("does not hold a file in memory to look for the end of a header or of a tail", async () => {
  await refused(`${begin}\n${"Comment: x\n".repeat(20_000)}`, "damaged");
  await refused(`${begin}\n\nAAAA\n-${"x".repeat(200_000)}`, "damaged");
});
