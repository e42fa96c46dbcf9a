import assert from "node:assert/strict";
import { test } from "node:test";
import { decrypt, generateKey, readKey, readMessage, readPrivateKey } from "openpgp";
import { encryptedFiles, encryptFor } from "../../../local/sample/encrypt.ts";
import { generateDrop } from "../../../local/sample/generate-drop.ts";
import { collect } from "./read-sample.ts";

const keys = await generateKey({ type: "curve25519", userIDs: [{ name: "sample" }], format: "armored" });

async function decrypted(bytes: Buffer): Promise<Buffer> {
  const message =
    bytes.subarray(0, 5).toString() === "-----"
      ? await readMessage({ armoredMessage: bytes.toString() })
      : await readMessage({ binaryMessage: new Uint8Array(bytes) });
  const decryptionKeys = await readPrivateKey({ armoredKey: keys.privateKey });
  const { data } = await decrypt({ message, decryptionKeys, format: "binary" });
  assert.ok(data instanceof Uint8Array);
  return Buffer.from(data);
}

for (const isArmored of [false, true]) {
  test(`an encrypted drop (${isArmored ? "armored" : "binary"}) decrypts to the plain one`, async () => {
    const { files } = generateDrop({ messages: 150 });
    const encrypted = encryptedFiles(files, keys.publicKey, { isArmored });
    for (const [i, { name, modifiedAt, open }] of encrypted.entries()) {
      const plain = files[i];
      assert.ok(plain !== undefined);
      assert.equal(name, `${plain.name}.${isArmored ? "asc" : "pgp"}`);
      assert.equal(modifiedAt, plain.modifiedAt);
      assert.ok((await decrypted(await collect(open()))).equals(await collect(plain.open())));
    }
  });
}

test("what is no public key is refused", async () => {
  const {
    files: [file],
  } = generateDrop({ messages: 10 });
  assert.ok(file !== undefined);
  await assert.rejects(collect(encryptFor("no key", file.open())), /armored/i);
  assert.ok((await readKey({ armoredKey: keys.publicKey })).isPrivate() === false);
});

test("large files are encrypted while they are read, not after", async () => {
  let given = 0;
  const first: number[] = [];
  async function* source(): AsyncGenerator<Uint8Array> {
    for (; given < 800; given += 1) yield new Uint8Array(65_536);
  }
  for await (const _ of encryptFor(keys.publicKey, source())) first.push(given);
  assert.ok((first[5] ?? 800) < 400, `after ${first[5]} of 800 pieces`);
});
