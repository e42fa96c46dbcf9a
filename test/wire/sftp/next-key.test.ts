import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import ssh2 from "ssh2";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import type { SignInTold } from "../../../shared/fetch/sign-in.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { generateSshKeys, type SshKeyPair } from "../../../shared/fetch/ssh-keys.ts";
import { openSite } from "../../../shared/pipeline/open-site.ts";
import { type LockedSshKey, storeSshKey, switchSshKeys } from "../../../shared/pipeline/store-ssh-key.ts";
import { MemorySecrets } from "../../support/memory-secrets.ts";
import { acme, connectorOf } from "../../support/pipeline-world.ts";

/** Locked by one round: what keeps guessers off takes a second each time it is opened. */
function make(passphrase: string): PublicKey & LockedSshKey {
  const lock = { passphrase, cipher: "aes256-ctr", rounds: 1 };
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync("ed25519", lock);
  // One of 256 is written so that nobody can read it.
  const isReadable = !(ssh2.utils.parseKey(privateKey, passphrase) instanceof Error);
  return isReadable ? { privateKey, publicKey, passphrase } : make(passphrase);
}

type PublicKey = Pick<SshKeyPair, "publicKey">;

// ICE changes an account's key when it suits ICE: before our switch, after it, or while it is half done.

describe("while SSH keys are rotated", () => {
  let folder: string;
  let server: RunningSftpSite;
  let keys: Record<"old" | "next" | "strange", PublicKey & LockedSshKey>;
  /** What the site has in its authorized_keys now. */
  const trusted: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "next-key-"));
    keys = { old: make("old"), next: make("next"), strange: make("strange") };
    trusted.push(keys.old.publicKey);
    server = await startSftpSite({ root: folder, stateDir: folder, user: "ACME01", publicKeys: trusted });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => trust("old"));

  function trust(...names: (keyof typeof keys)[]): void {
    trusted.splice(0, trusted.length, ...names.map((name) => keys[name].publicKey));
  }

  async function signIn(secrets: MemorySecrets): Promise<SignInTold["key"]> {
    const { name, site } = connectorOf();
    const { host, port, user, fingerprints } = server;
    const ofSite = { ...site, ...{ host, port, user, hostKeys: [...fingerprints] }, login: "key" as const };
    const told: SignInTold = {};
    const { signal } = new AbortController();
    const opened = await openSite(secrets, { name, site: ofSite }, { connectInMs: 5000, endInMs: 100 }, signal, told);
    await opened.end();
    return told.key;
  }

  async function rotating(old: LockedSshKey = keys.old, next: LockedSshKey = keys.next): Promise<MemorySecrets> {
    const secrets = new MemorySecrets();
    await storeSshKey(secrets, acme, "current", old);
    await storeSshKey(secrets, acme, "next", next);
    return secrets;
  }

  test("whichever key the site takes lets us in, and it is told which", async () => {
    const secrets = await rotating();
    assert.equal(await signIn(secrets), "current");
    trust("next");
    assert.equal(await signIn(secrets), "next");
    trust("next", "old");
    assert.equal(await signIn(secrets), "current");
  });

  test("a site that refuses both is told as one that refuses, after each was offered once", async () => {
    const secrets = await rotating();
    trust("strange");
    const before = server.signIns.get("publickey") ?? 0;
    await assert.rejects(
      signIn(secrets),
      (error) => error instanceof SiteError && error.reason === "authentication-failed",
    );
    assert.equal((server.signIns.get("publickey") ?? 0) - before, 2);
  });

  for (const [what, withPassphrase] of [
    ["both have a passphrase", { old: true, next: true }],
    ["the old one alone has a passphrase", { old: true, next: false }],
    ["the next one alone has a passphrase", { old: false, next: true }],
    ["neither has a passphrase", { old: false, next: false }],
  ] as const) {
    test(`a switch that dies between any two writes leaves a way in at a site that has switched, where ${what}`, async () => {
      const plain = { old: await generateSshKeys({}), next: await generateSshKeys({}) };
      const old = withPassphrase.old ? keys.old : plain.old;
      const next = withPassphrase.next ? keys.next : plain.next;
      let ways = 0;
      for (let diesAt = 1; ; diesAt++) {
        const secrets = await rotating(old, next);
        const isDone = await switchAndDie(secrets, next, diesAt);
        trusted.splice(0, trusted.length, next.publicKey);
        await signIn(secrets);
        // And the same switch once more ends it.
        await switchSshKeys(secrets, acme, next);
        assert.equal(await signIn(secrets), "current");
        ways += 1;
        if (isDone) break;
      }
      assert.ok(ways >= 5, `${ways} places to die at`);
    });
  }

  /** Whether the switch was over before the write at which it was to die. */
  async function switchAndDie(secrets: MemorySecrets, next: LockedSshKey, diesAt: number): Promise<boolean> {
    let writes = 0;
    const count = (): void => {
      writes += 1;
      if (writes === diesAt) throw new Error("the process died");
    };
    const dying = {
      set: async (name: string, value: string) => {
        count();
        await secrets.set(name, value);
      },
      retire: async (name: string) => {
        count();
        await secrets.retire(name);
      },
    };
    return await switchSshKeys(dying, acme, next).then(
      () => true,
      () => false,
    );
  }
});
