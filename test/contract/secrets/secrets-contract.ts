import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import { MissingSecret, type Secrets } from "../../../shared/secrets/secrets.ts";

/** What every implementation of Secrets must do. */
export function describeSecrets(name: string, open: () => Secrets): void {
  describe(name, { concurrency: 1 }, () => {
    test("a secret that is set can be read, whatever is in it", async () => {
      const key = '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxcLY äöü\t"quoted"\n=AbCd\n';
      const secret = `icechat-${randomUUID()}`;
      await open().set(secret, key);
      assert.equal(await open().get(secret), key);
      assert.equal(await open().getOptional(secret), key);
    });

    test("setting it again replaces it", async () => {
      const secret = `icechat-${randomUUID()}`;
      await open().set(secret, "one");
      await open().set(secret, "two");
      assert.equal(await open().get(secret), "two");
      assert.equal(await open().get(secret, { fresh: true }), "two");
    });

    test("a missing secret is undefined if it may be missing, else an error that names it and says how to add it", async () => {
      const secret = "icechat-acme-sftp-password";
      assert.equal(await open().getOptional(secret), undefined);
      await assert.rejects(open().get(secret), (error) => {
        assert.ok(error instanceof MissingSecret);
        assert.match(error.message, /"icechat-acme-sftp-password".*az keyvault secret set/);
        return true;
      });
    });

    test("a secret that is added later is found at once", async () => {
      const secret = `icechat-${randomUUID()}`;
      assert.equal(await open().getOptional(secret), undefined);
      await open().set(secret, "late");
      assert.equal(await open().getOptional(secret), "late");
    });

    test("a secret that is taken out of use reads as missing, and is there again with its next version", async () => {
      const secret = `icechat-${randomUUID()}`;
      await open().retire(secret);
      await open().set(secret, "old");
      assert.equal(await open().get(secret), "old");
      await open().retire(secret);
      await open().retire(secret);
      assert.equal(await open().getOptional(secret), undefined);
      assert.equal(await open().datesOf(secret), undefined);
      await assert.rejects(open().get(secret, { fresh: true }), MissingSecret);
      await open().set(secret, "new");
      assert.equal(await open().get(secret), "new");
    });

    test("a secret tells when it was stored, and a missing one nothing", async () => {
      const secret = `icechat-${randomUUID()}`;
      assert.equal(await open().datesOf(secret), undefined);
      const before = Date.now();
      await open().set(secret, "dated");
      const { createdAt = 0, expiresAt } = (await open().datesOf(secret)) ?? {};
      // A vault's dates are whole seconds.
      assert.ok(createdAt > before - 2000 && createdAt < Date.now() + 2000, `${createdAt - before} ms`);
      assert.equal(expiresAt, undefined);
    });
  });
}
