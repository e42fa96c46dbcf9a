import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { createMessage, encrypt, enums, Message, PacketList, sign } from "openpgp";
import { decrypt } from "../../../shared/decrypt/decrypt.ts";
import { DecryptError } from "../../../shared/decrypt/decrypt-error.ts";
import { Keyring } from "../../../shared/decrypt/keyring.ts";
import { generatePgpKeys, inspectPrivateKey } from "../../../shared/decrypt/pgp-keys.ts";
import { SilentSource } from "../../../shared/decrypt/silent-source.ts";
import {
  CountingSource,
  decryptAll,
  makeDamagedInside,
  makeMessage,
  makeTestKey,
  makeText,
  type TestKey,
  verdictOn,
  writeLargeMessage,
} from "./messages.ts";

const hasReason = (reason: string) => (error: unknown) => error instanceof DecryptError && error.reason === reason;

describe("decrypting", { timeout: 60_000 }, () => {
  let own: TestKey;
  let other: TestKey;
  let keyring: Keyring;
  const text = makeText(600_000);

  before(async () => {
    own = await makeTestKey("own");
    other = await makeTestKey("other");
    keyring = await Keyring.open({ privateKeys: [{ armored: own.armoredPrivate }] });
  });

  test("inflates by itself: the web's decompressor is not asked", async (t) => {
    t.mock.property(
      globalThis,
      "DecompressionStream",
      class extends DecompressionStream {
        constructor() {
          super("deflate-raw");
          throw new Error("openpgp inflates in pieces of 16 KiB");
        }
      },
    );
    const content = makeText(3_000_000);
    for (const compression of ["zip", "zlib"] as const) {
      const message = await makeMessage(content, own.publicKey, { compression });
      assert.ok((await decryptAll(message, keyring)).equals(content), compression);
    }
  });

  test("gives the content back, compressed or not, of any size", async () => {
    for (const compression of ["uncompressed", "zip", "zlib"] as const) {
      for (const size of [0, 1, 65_536, 600_000]) {
        const content = text.subarray(0, size);
        const message = await makeMessage(content, own.publicKey, { compression });
        assert.ok((await decryptAll(message, keyring)).equals(content), `${compression} ${size}`);
      }
    }
  });

  test("finds the key among several and tells which it was", async () => {
    const both = await Keyring.open({
      privateKeys: [{ armored: other.armoredPrivate }, { armored: own.armoredPrivate }],
    });
    const { fingerprint, plaintext } = await decrypt(new CountingSource(await makeMessage(text, own.publicKey)), both);
    for await (const piece of plaintext) assert.ok(piece.length > 0);
    assert.equal(fingerprint, own.publicKey.getFingerprint().toUpperCase());
  });

  test("a message for somebody else names the keys in question", async () => {
    const wanted = other.publicKey.subkeys[0]?.getKeyID().toHex() ?? "";
    const attempt = decrypt(new CountingSource(await makeMessage(text, other.publicKey)), keyring);
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof DecryptError && error.reason === "wrong-key");
      assert.deepEqual(error.detail.wantedKeyIds, [wanted]);
      assert.match(error.message, new RegExp(`${wanted}.*${keyring.fingerprints[0]}`));
      return true;
    });
  });

  test("a message that is cut, anywhere, is truncated", async () => {
    const message = await makeMessage(text.subarray(0, 3_000), own.publicKey, { compression: "zlib" });
    for (let length = 0; length < message.length; length += 13) {
      assert.equal(await verdictOn(message.subarray(0, length), keyring), "truncated", `cut at ${length}`);
    }
    assert.equal(await verdictOn(message.subarray(0, -1), keyring), "truncated");
  });

  test("a large message that is cut is truncated, however its inside breaks", async () => {
    for (const compression of ["uncompressed", "zip"] as const) {
      const message = await makeMessage(text, own.publicKey, { compression });
      for (const share of [0.1, 0.5, 0.9, 0.9999]) {
        assert.equal(await verdictOn(message.subarray(0, message.length * share), keyring), "truncated");
      }
    }
  });

  test("no changed bit is ever taken, and each is refused within a bounded time", async () => {
    for (const compression of ["uncompressed", "zip"] as const) {
      const message = await makeMessage(text.subarray(0, 5_000), own.publicKey, { compression });
      const places = Array.from({ length: 60 }, (_, i) => Math.floor((i * message.length) / 60));
      const verdicts = await Promise.all(
        [...places, message.length - 1].map((at) => {
          const changed = Buffer.from(message);
          changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
          return verdictOn(changed, keyring, { watchdogInMs: 500 });
        }),
      );
      assert.ok(!verdicts.includes("taken"), verdicts.join());
      if (compression === "uncompressed")
        assert.ok(verdicts.filter((verdict) => verdict === "tampered").length > 40, verdicts.join());
    }
  });

  test("the integrity code is checked before the content ends", async () => {
    const message = await makeMessage(text, own.publicKey);
    message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
    const { plaintext } = await decrypt(new CountingSource(message), keyring);
    let size = 0;
    const read = async () => {
      for await (const piece of plaintext) size += piece.length;
    };
    await assert.rejects(read(), hasReason("tampered"));
    assert.ok(size > 0, "content came before its integrity was known");
  });

  test("messages with AEAD are read, and refused when a bit is changed", async () => {
    for (const mode of [enums.aead.gcm, enums.aead.ocb, enums.aead.eax]) {
      const config = { aeadProtect: true, preferredAEADAlgorithm: mode };
      const aead = await makeTestKey("aead", config);
      const ring = await Keyring.open({ privateKeys: [{ armored: aead.armoredPrivate }] });
      const message = await makeMessage(text.subarray(0, 50_000), aead.publicKey, { config });
      assert.ok((await decryptAll(message, ring)).equals(text.subarray(0, 50_000)));
      message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
      assert.equal(await verdictOn(message, ring), "tampered", `mode ${mode}`);
    }
  });

  test("what follows the message, be it a byte or another message, is damage", async () => {
    const message = await makeMessage(text, own.publicKey);
    for (const tail of [Buffer.from("\n"), makeText(500_000), message]) {
      assert.equal(await verdictOn(Buffer.concat([message, tail]), keyring), "damaged");
    }
  });

  test("the known standstill of the decompressor is ended, and the source let go", async () => {
    const large = makeText(3_000_000);
    const messages = [
      await makeDamagedInside(large, own.publicKey, (compressed) => compressed.fill(0xff, 0, 1)),
      await makeDamagedInside(large, own.publicKey, ({ length }) => makeText(length)),
    ];
    for (const message of messages) {
      const source = new CountingSource(message);
      const began = performance.now();
      const { plaintext } = await decrypt(source, keyring, { watchdogInMs: 300 });
      const read = async () => {
        for await (const _ of plaintext);
      };
      await assert.rejects(read(), (error) => hasReason("stalled")(error) || hasReason("damaged")(error));
      assert.ok(performance.now() - began < 2_000);
      assert.ok(source.isEnded);
    }
  });

  test("an inside that breaks off or goes on is damage", async () => {
    const cut = await makeDamagedInside(text, own.publicKey, (compressed) =>
      compressed.subarray(0, compressed.length / 2),
    );
    const more = await makeDamagedInside(text, own.publicKey, (compressed) =>
      Buffer.concat([compressed, makeText(1_000)]),
    );
    assert.equal(await verdictOn(cut, keyring), "damaged");
    assert.equal(await verdictOn(more, keyring), "damaged");
  });

  test("a decompression bomb is refused after the limit, not after the bomb", async () => {
    const message = await makeMessage(Buffer.alloc(64 * 1024 ** 2), own.publicKey, { compression: "zip" });
    assert.ok(message.length < 100_000);
    const { plaintext } = await decrypt(new CountingSource(message), keyring, { maxDecompressedInBytes: 1_000_000 });
    let size = 0;
    const read = async () => {
      for await (const piece of plaintext) size += piece.length;
    };
    await assert.rejects(read(), hasReason("too-large"));
    assert.ok(size <= 1_000_000);
    assert.equal(
      await verdictOn(await makeMessage(text, own.publicKey), keyring, { maxDecompressedInBytes: text.length }),
      "taken",
    );
  });

  test("a message that grows to far more than chats do is refused while it grows", async () => {
    const message = await makeMessage(Buffer.alloc(160 * 1024 ** 2), own.publicKey, { compression: "zip" });
    const { plaintext } = await decrypt(new CountingSource(message), keyring);
    let size = 0;
    const read = async () => {
      for await (const piece of plaintext) size += piece.length;
    };
    await assert.rejects(read(), hasReason("ratio-too-high"));
    assert.ok(size < 100 * 1024 ** 2, `${size} bytes came`);
  });

  test("of a thousand recipients a few are told", async () => {
    const packet = (n: number) => Buffer.from([0xc1, 13, 3, 1, 2, 3, 4, 5, 6, n >> 8, n & 255, 18, 0, 0, 0]);
    const message = Buffer.concat([...Array.from({ length: 900 }, (_, n) => packet(n)), Buffer.from([0xd2, 2, 1, 1])]);
    await assert.rejects(decrypt(new CountingSource(message), keyring), (error) => {
      assert.ok(hasReason("wrong-key")(error) && error instanceof DecryptError);
      assert.match(error.message, /0102030405060000, .* and 892 more\./);
      assert.equal(error.detail.wantedKeyIds?.length, 900);
      return error.message.length < 600;
    });
  });

  test("a source that fails is passed on as it is", async () => {
    const message = await makeMessage(text, own.publicKey);
    const failure = new Error("the blob is gone");
    const failing = async function* (after: number) {
      yield message.subarray(0, after);
      throw failure;
    };
    await assert.rejects(decrypt(failing(20), keyring), (error) => error === failure);
    const { plaintext } = await decrypt(failing(500_000), keyring);
    const read = async () => {
      for await (const _ of plaintext);
    };
    await assert.rejects(read(), (error) => error === failure);
  });

  test("a source that goes silent is given up, and it is not called the file's fault", async () => {
    const message = await makeMessage(text, own.publicKey);
    const silent = async function* (after: number) {
      yield message.subarray(0, after);
      await new Promise(() => undefined);
    };
    await assert.rejects(decrypt(silent(10), keyring, { watchdogInMs: 200 }), SilentSource);
    const { plaintext } = await decrypt(silent(400_000), keyring, { watchdogInMs: 200 });
    const read = async () => {
      for await (const _ of plaintext);
    };
    await assert.rejects(read(), SilentSource);
  });

  test("a reader that takes its time is no standstill", async () => {
    const message = await makeMessage(text, own.publicKey);
    const { plaintext } = await decrypt(new CountingSource(message), keyring, { watchdogInMs: 100 });
    let size = 0;
    for await (const piece of plaintext) {
      if (size === 0) await new Promise((resolve) => setTimeout(resolve, 400));
      size += piece.length;
    }
    assert.equal(size, text.length);
  });

  test("a reader that leaves lets go of the source", async () => {
    const source = new CountingSource(await makeMessage(makeText(5_000_000), own.publicKey));
    const { plaintext } = await decrypt(source, keyring);
    for await (const piece of plaintext) {
      assert.ok(piece.length > 0);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok(source.isEnded);
    assert.ok(source.givenInBytes < 5_000_000);
  });

  test("files without encryption, for a password only, or without protection are told apart", async () => {
    const plain = await sign({
      message: await createMessage({ binary: text }),
      signingKeys: own.privateKey,
      format: "binary",
    });
    assert.ok(plain instanceof Uint8Array);
    assert.equal(await verdictOn(plain, keyring), "not-encrypted");
    assert.equal(await verdictOn(Buffer.from("<FileDump/>"), keyring), "not-encrypted");
    const locked: unknown = await encrypt({
      message: await createMessage({ binary: text }),
      passwords: "x",
      format: "binary",
    });
    assert.ok(locked instanceof Uint8Array);
    assert.equal(await verdictOn(locked, keyring), "password-only");
  });

  test("where signers are configured, only what one of them signed is taken", async () => {
    const strict = await Keyring.open({
      privateKeys: [{ armored: own.armoredPrivate }],
      signers: [other.armoredPublic],
    });
    const verdict = async (signer?: TestKey) =>
      verdictOn(
        await makeMessage(text, own.publicKey, signer === undefined ? {} : { signer: signer.privateKey }),
        strict,
      );
    assert.equal(await verdict(other), "taken");
    assert.equal(await verdict(own), "unknown-signer");
    assert.equal(await verdict(), "unsigned");
    assert.equal(
      await verdictOn(await makeMessage(text, own.publicKey, { signer: other.privateKey }), keyring),
      "taken",
    );
  });

  test("a signature that belongs to another text is refused", async () => {
    const strict = await Keyring.open({
      privateKeys: [{ armored: own.armoredPrivate }],
      signers: [other.armoredPublic],
    });
    const signed = (await createMessage({ binary: text })).sign([other.privateKey]);
    const changed = (await createMessage({ binary: makeText(1_000) })).packets;
    const list = new PacketList();
    const [onePass, , signature] = (await signed).packets;
    list.push(...[onePass, changed[0], signature].filter((packet) => packet !== undefined));
    const encrypted: unknown = await encrypt({
      message: new Message(list),
      encryptionKeys: own.publicKey,
      format: "binary",
    });
    assert.ok(encrypted instanceof Uint8Array);
    assert.equal(await verdictOn(encrypted, strict), "bad-signature");
  });

  test("keys that cannot be used are told apart", async () => {
    const { privateKey, publicKey } = await generatePgpKeys({ kind: "curve25519", passphrase: "open" });
    await Keyring.open({ privateKeys: [{ armored: privateKey, passphrase: "open" }] });
    const open = (armored: string, passphrase?: string) =>
      Keyring.open({ privateKeys: [{ armored, ...(passphrase === undefined ? {} : { passphrase }) }] });
    await assert.rejects(open(privateKey, "shut"), hasReason("passphrase-wrong"));
    await assert.rejects(open(privateKey), hasReason("passphrase-wrong"));
    await assert.rejects(open(publicKey), hasReason("key-unusable"));
    await assert.rejects(open("no key"), hasReason("key-unusable"));
    await assert.rejects(Keyring.open({ privateKeys: [] }), hasReason("key-unusable"));
  });

  test("the admin is told about a key before it is taken", async () => {
    const { privateKey, fingerprint } = await generatePgpKeys({ kind: "curve25519", passphrase: "open" });
    const [locked] = await inspectPrivateKey({ armored: privateKey, passphrase: "shut" });
    const [unlocked] = await inspectPrivateKey({ armored: privateKey, passphrase: "open" });
    assert.deepEqual([locked?.isProtected, locked?.isUnlocked, locked?.canDecrypt], [true, false, false]);
    assert.deepEqual([unlocked?.isProtected, unlocked?.isUnlocked, unlocked?.canDecrypt], [true, true, true]);
    assert.deepEqual(
      [unlocked?.fingerprint, unlocked?.expiresAt, unlocked?.keyIds.length],
      [fingerprint, undefined, 2],
    );
    assert.ok(Math.abs((unlocked?.createdAt ?? 0) + 86_400_000 - Date.now()) < 10_000);
  });

  test("memory stays flat over a large file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pgp-"));
    try {
      await writeLargeMessage(join(folder, "a.pgp"), 128 * 1024 ** 2, own.publicKey);
      const before = process.memoryUsage.rss();
      let [most, size] = [0, 0];
      const { plaintext } = await decrypt(createReadStream(join(folder, "a.pgp")), keyring);
      for await (const piece of plaintext) {
        size += piece.length;
        most = Math.max(most, process.memoryUsage.rss());
      }
      assert.equal(size, 128 * 1024 ** 2);
      assert.ok(most - before < 120 * 1024 ** 2, `grew by ${(most - before) >> 20} MiB`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
