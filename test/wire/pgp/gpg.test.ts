import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Gpg, startGpg, whyNoGpg } from "../../../local/gpg/start-gpg.ts";
import { decrypt } from "../../../shared/decrypt/decrypt.ts";
import { Keyring } from "../../../shared/decrypt/keyring.ts";
import { generatePgpKeys, inspectPrivateKey } from "../../../shared/decrypt/pgp-keys.ts";
import { CountingSource, decryptAll, makeText, verdictOn } from "../../contract/pgp/messages.ts";

describe("files made by gpg", { skip: whyNoGpg, timeout: 120_000 }, () => {
  const text = makeText(300_000);
  let gpg: Gpg;
  let keyring: Keyring;
  let strict: Keyring;
  let rsa: string;

  before(async () => {
    gpg = await startGpg();
    rsa = await gpg.makeKey("rsa", "rsa", "open sesame");
    await gpg.makeKey("curve", "curve25519");
    await gpg.makeKey("stranger", "curve25519");
    const curve = { armored: await gpg.exportPrivate("curve") };
    keyring = await Keyring.open({
      privateKeys: [{ armored: await gpg.exportPrivate("rsa", "open sesame"), passphrase: "open sesame" }, curve],
    });
    strict = await Keyring.open({ privateKeys: [curve], signers: [await gpg.exportPublic("rsa")] });
  });
  after(() => gpg.close());

  const decrypts = async (...args: string[]) => {
    const content = await decryptAll(await gpg.encrypt(text, args), keyring);
    assert.ok(content.equals(text), args.join(" "));
  };
  const verdict = async (ring: Keyring, ...args: string[]) => verdictOn(await gpg.encrypt(text, args), ring);

  test("are decrypted with RSA and with Curve25519, armored or not, whatever the compression", async () => {
    for (const recipient of ["rsa", "curve"]) {
      await decrypts("-r", recipient);
      await decrypts("-r", recipient, "--armor");
      for (const algorithm of ["uncompressed", "zip", "zlib", "bzip2"]) {
        await decrypts("-r", recipient, "--compress-algo", algorithm);
      }
    }
  });

  test("are decrypted for several recipients, and for hidden ones", async () => {
    await decrypts("-r", "stranger", "-r", "curve");
    await decrypts("-R", "curve");
    await decrypts("-r", "stranger", "-r", "rsa", "--throw-keyids");
    await decrypts("-r", "rsa", "--symmetric", "--passphrase", "x");
  });

  test("are decrypted with the ciphers that the key's preferences name, and with older common ones", async () => {
    for (const cipher of ["AES", "AES192", "AES256", "3DES", "CAST5"])
      await decrypts("-r", "curve", "--cipher-algo", cipher);
  });

  test("with ciphers that are not supported are told as such", async () => {
    for (const cipher of ["TWOFISH", "CAMELLIA256", "IDEA"]) {
      assert.equal(await verdict(keyring, "-r", "curve", "--cipher-algo", cipher), "unsupported-algorithm", cipher);
    }
  });

  test("for somebody else, hidden or not, or for a password only are told apart", async () => {
    assert.equal(await verdict(keyring, "-r", "stranger"), "wrong-key");
    assert.equal(await verdict(keyring, "-R", "stranger"), "wrong-key");
    const locked = await gpg.run(["--passphrase", "x", "--symmetric", "--output", "-"], text);
    assert.equal(await verdictOn(locked, keyring), "password-only");
  });

  test("without integrity protection are refused, as old programs wrote them", async () => {
    assert.equal(await verdict(keyring, "-r", "curve", "--rfc2440", "--disable-mdc"), "no-integrity-protection");
  });

  test("without encryption are told as such", async () => {
    assert.equal(await verdictOn(await gpg.run(["--store", "--output", "-"], text), keyring), "not-encrypted");
    assert.equal(
      await verdictOn(await gpg.run(["--sign", "-u", "curve", "--output", "-"], text), keyring),
      "not-encrypted",
    );
    assert.equal(await verdictOn(Buffer.from(await gpg.exportPublic("curve")), keyring), "not-encrypted");
  });

  test("are checked for their signature where signers are configured", async () => {
    const message = await gpg.encrypt(text, ["-r", "curve", "--sign", "-u", "rsa", "--passphrase", "open sesame"]);
    const { plaintext, signer } = await decrypt(new CountingSource(message), strict);
    for await (const piece of plaintext) assert.ok(piece.length > 0);
    assert.equal(signer(), rsa);
    assert.equal(await verdict(strict, "-r", "curve", "--sign", "-u", "stranger"), "unknown-signer");
    assert.equal(await verdict(strict, "-r", "curve"), "unsigned");
    assert.equal(await verdict(keyring, "-r", "curve", "--sign", "-u", "stranger"), "taken");
  });

  test("that are cut are truncated, armored or not", async () => {
    for (const form of [["--armor"], ["--no-armor"]]) {
      const message = await gpg.encrypt(text, ["-r", "curve", ...form]);
      for (const share of [0, 0.00001, 0.0005, 0.01, 0.3, 0.6, 0.95, 0.9999]) {
        assert.equal(
          await verdictOn(message.subarray(0, message.length * share), keyring),
          "truncated",
          `${form} ${share}`,
        );
      }
    }
  });

  test("with a changed bit are never taken", async () => {
    for (const form of [["--armor"], ["--compress-algo", "uncompressed"], ["--compress-algo", "bzip2"]]) {
      const message = await gpg.encrypt(text, ["-r", "curve", ...form]);
      const verdicts = await Promise.all(
        Array.from({ length: 16 }, (_, i) => {
          const changed = Buffer.from(message);
          // A line end that becomes another white space changes nothing.
          const at = message.findIndex((octet, j) => j >= ((i + 0.5) * message.length) / 16 && octet > 0x20);
          changed[at] = (changed[at] ?? 0) ^ 1;
          return verdictOn(changed, keyring, { watchdogInMs: 1_000 });
        }),
      );
      assert.ok(!verdicts.includes("taken"), `${form} ${verdicts}`);
    }
  });

  test("for keys that we generated are decrypted: gpg takes them, and uses no AEAD", async () => {
    for (const kind of ["rsa4096", "curve25519"] as const) {
      const pair = await generatePgpKeys({ kind, passphrase: "p" });
      await gpg.importKey(pair.publicKey);
      const message = await gpg.encrypt(text, ["-r", pair.fingerprint]);
      const own = await Keyring.open({ privateKeys: [{ armored: pair.privateKey, passphrase: "p" }] });
      assert.ok((await decryptAll(message, own)).equals(text));
      const preferences = (
        await gpg.run(["--with-colons", "--edit-key", pair.fingerprint, "showpref", "quit"])
      ).toString();
      assert.doesNotMatch(preferences, /AEAD|OCB|EAX/i);
    }
  });

  test("and the private keys that we generated open in gpg, too", async () => {
    const pair = await generatePgpKeys({ kind: "curve25519" });
    await gpg.run(["--import"], Buffer.from(pair.privateKey));
    const message = await gpg.encrypt(text, ["-r", pair.fingerprint]);
    assert.ok((await gpg.run(["--decrypt"], message)).equals(text));
  });

  test("a key that expires is told about, and still decrypts what it was used for", async () => {
    await gpg.run(["--passphrase", "", "--quick-gen-key", "short", "default", "default", "2d"]);
    const message = await gpg.encrypt(text, ["-r", "short"]);
    const armored = await gpg.exportPrivate("short");
    const [facts] = await inspectPrivateKey({ armored });
    const left = (facts?.expiresAt ?? 0) - Date.now();
    assert.ok(left > 86_400_000 && left <= 2 * 86_400_000 + 60_000, String(left));
    const later = new Date(Date.now() + 30 * 86_400_000);
    const own = await Keyring.open({ privateKeys: [{ armored }] });
    assert.ok((await decryptAll(message, own, { now: later })).equals(text));
  });

  test("a key without its primary secret, as careful people export it, is enough", async () => {
    const armored = (await gpg.run(["--passphrase", "", "--armor", "--export-secret-subkeys", "curve"])).toString();
    const own = await Keyring.open({ privateKeys: [{ armored }] });
    assert.ok((await decryptAll(await gpg.encrypt(text, ["-r", "curve"]), own)).equals(text));
    const locked = (
      await gpg.run(["--passphrase", "open sesame", "--armor", "--export-secret-subkeys", "rsa"])
    ).toString();
    const opened = await Keyring.open({ privateKeys: [{ armored: locked, passphrase: "open sesame" }] });
    assert.ok((await decryptAll(await gpg.encrypt(text, ["-r", "rsa"]), opened)).equals(text));
  });
});
