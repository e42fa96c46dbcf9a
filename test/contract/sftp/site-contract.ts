import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connectSftpSite, fetchHostKeys } from "../../../shared/fetch/sftp-site.ts";
import type { Site, SiteAddress, SiteLogin } from "../../../shared/fetch/site.ts";
import { SiteError, type SiteReason } from "../../../shared/fetch/site-error.ts";
import { generateSshKeys, type SshKeyPair } from "../../../shared/fetch/ssh-keys.ts";

/** A server under the contract. */
export interface ServerUnderTest {
  readonly address: SiteAddress;
  readonly login: SiteLogin;
  /** Fingerprints of its Ed25519 and RSA host keys. */
  readonly fingerprints: readonly [string, string];
  /** Where the test's folder lies on the site. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Starts a server that serves `root` and lets this key in. */
export type StartServer = (root: string, keys: SshKeyPair) => Promise<ServerUnderTest>;

/** Whether an error is a SiteError of this reason. */
export function hasReason(reason: SiteReason): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof SiteError, String(error));
    assert.equal(error.reason, reason);
    return true;
  };
}

/** Reads a file; resolves to its size and SHA-256. */
export async function digest(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of content) {
    hash.update(piece);
    size += piece.length;
  }
  return `${size} ${hash.digest("hex")}`;
}

/** What every SFTP server must be to the Site, be it the local one or OpenSSH's. */
export function describeSite(name: string, skip: string | false, start: StartServer): void {
  describe(`an SFTP site on ${name}`, { skip, timeout: 60_000 }, () => {
    let root: string;
    let keys: SshKeyPair;
    let server: ServerUnderTest;
    let site: Site;

    before(async () => {
      root = await realpath(await mkdtemp(join(tmpdir(), "site-")));
      keys = await generateSshKeys();
      server = await start(root, keys);
      site = await connectSftpSite(server.address, server.login);
    });
    after(async () => {
      await site.end();
      await server.close();
      await rm(root, { recursive: true, force: true });
    });

    const put = async (path: string, content: Buffer | string) => {
      await mkdir(join(root, path, ".."), { recursive: true });
      await writeFile(join(root, path), content);
      return `${server.folder}/${path}`.replace(/^\/\//, "/");
    };
    const at = (path: string) => `${server.folder}/${path}`.replace(/^\/\//, "/");

    test("lists files with size and time, in order, and leaves folders out", async () => {
      await put("list/b.pgp", "12345");
      await put("list/a ü \u{1f600}.pgp", "1");
      await put("list/below/c.pgp", "1");
      await utimes(join(root, "list/b.pgp"), 1_700_000_000, 1_700_000_001);
      const { files: found } = await site.list(at("list"));
      assert.deepEqual(
        found.map(({ path }) => path),
        [at("list/a ü \u{1f600}.pgp"), at("list/b.pgp")],
      );
      assert.deepEqual(found[1], { path: at("list/b.pgp"), sizeInBytes: 5, modifiedAt: 1_700_000_001_000 });
    });

    test("lists folders that take several answers, and empty ones", async () => {
      await mkdir(join(root, "many"));
      await mkdir(join(root, "none"));
      await Promise.all(Array.from({ length: 350 }, (_, i) => writeFile(join(root, "many", `${i}.pgp`), "x")));
      assert.equal((await site.list(at("many"))).files.length, 350);
      assert.deepEqual(await site.list(at("none")), { files: [], unusable: 0 });
    });

    test("follows links to files, and passes over those that lead nowhere or to folders", async () => {
      await put("links/real.pgp", "123");
      await symlink("real.pgp", join(root, "links/link.pgp"));
      await symlink("gone.pgp", join(root, "links/dangling.pgp"));
      await symlink("../none", join(root, "links/folder.pgp"));
      const { files: found } = await site.list(at("links"));
      assert.deepEqual(
        found.map(({ path, sizeInBytes }) => [path, sizeInBytes]),
        [
          [at("links/link.pgp"), 3],
          [at("links/real.pgp"), 3],
        ],
      );
    });

    test("passes over pipes and folders that are named like files, and links that lead in a circle", async () => {
      await put("odd/real.pgp", "123");
      await mkdir(join(root, "odd/folder.pgp"));
      execFileSync("mkfifo", [join(root, "odd/pipe.pgp")]);
      await symlink("pipe.pgp", join(root, "odd/to-pipe.pgp"));
      await symlink("circle.pgp", join(root, "odd/circle.pgp"));
      const { files, unusable } = await site.list(at("odd"));
      assert.deepEqual(
        files.map(({ path }) => path),
        [at("odd/real.pgp")],
      );
      // OpenSSH says of a circle that it leads nowhere, others that something is wrong with it.
      assert.ok(unusable <= 1);
      assert.deepEqual(await site.list(at("odd"), undefined, (path) => path.includes("folder")), {
        files: [],
        unusable: 0,
      });
    });

    test("looks at one file", async () => {
      const path = await put("look/a.pgp", "12345");
      const { mtimeMs } = await stat(join(root, "look/a.pgp"));
      const expected = { path, sizeInBytes: 5, modifiedAt: Math.floor(mtimeMs / 1000) * 1000 };
      assert.deepEqual(await site.stat(path), expected);
      await assert.rejects(site.stat(at("look/b.pgp")), hasReason("no-such-file"));
    });

    for (const size of [0, 1, 31_952, 31_953, 131_072, 131_073, 5_000_007]) {
      test(`reads a file of ${size} bytes`, async () => {
        const content = randomBytes(size);
        const path = await put(`read/${size}.pgp`, content);
        assert.equal(await digest(site.read(path, size)), await digest(asContent(content)));
      });
    }

    test("reads several files at once over one connection", async () => {
      const contents = [1, 2, 3].map(() => randomBytes(700_000));
      const paths = await Promise.all(contents.map((content, i) => put(`at-once/${i}.pgp`, content)));
      const read = await Promise.all(paths.map((path) => digest(site.read(path, 700_000))));
      assert.deepEqual(read, await Promise.all(contents.map((content) => digest(asContent(content)))));
    });

    test("tells a file that is not as long as its listing said", async () => {
      const path = await put("length/a.pgp", randomBytes(100_000));
      await assert.rejects(digest(site.read(path, 100_001)), hasReason("file-shrank"));
      await assert.rejects(digest(site.read(path, 99_999)), hasReason("file-grew"));
      await assert.rejects(digest(site.read(at("length/b.pgp"), 1)), hasReason("no-such-file"));
    });

    test("can be left in the middle of a file and goes on with others", async () => {
      const path = await put("left/a.pgp", randomBytes(3_000_000));
      for (let i = 0; i < 3; i += 1) {
        for await (const piece of site.read(path, 3_000_000)) {
          assert.ok(piece.length > 0);
          break;
        }
      }
      assert.equal((await site.stat(path)).sizeInBytes, 3_000_000);
    });

    test("stops when it is told to", async () => {
      const path = await put("stop/a.pgp", randomBytes(3_000_000));
      const stop = new AbortController();
      const read = async () => {
        for await (const _ of site.read(path, 3_000_000, stop.signal)) stop.abort();
      };
      await assert.rejects(read(), hasReason("aborted"));
      await assert.rejects(site.list(at("stop"), AbortSignal.abort()), hasReason("aborted"));
    });

    test("says when there is no such folder", async () => {
      await assert.rejects(site.list(at("nowhere")), hasReason("no-such-folder"));
      await put("file.pgp", "x");
      await assert.rejects(site.list(at("file.pgp")), hasReason("no-such-folder"));
    });

    test("refuses a host key that is not trusted", async () => {
      const address = { ...server.address, hostKeys: [`SHA256:${"A".repeat(43)}`] };
      await assert.rejects(connectSftpSite(address, server.login), hasReason("host-key-changed"));
      await assert.rejects(connectSftpSite({ ...address, hostKeys: [] }, server.login), hasReason("host-key-changed"));
    });

    test("takes any trusted key of the site, not only the kind that it shows first", async () => {
      for (const fingerprint of server.fingerprints) {
        const other = await connectSftpSite({ ...server.address, hostKeys: ["SHA256:old", fingerprint] }, server.login);
        await other.end();
      }
    });

    test("fetches the host keys for the admin to confirm", async () => {
      const [ed25519, rsa] = server.fingerprints;
      assert.deepEqual(await fetchHostKeys(server.address), [
        { kind: "ed25519", fingerprint: ed25519 },
        { kind: "rsa", fingerprint: rsa },
      ]);
    });

    test("says when the sign-in is refused", async () => {
      const { privateKey } = await generateSshKeys();
      const { user } = server.login;
      await assert.rejects(connectSftpSite(server.address, { user, privateKey }), hasReason("authentication-failed"));
      await assert.rejects(connectSftpSite(server.address, { user }), hasReason("authentication-failed"));
      const wrongUser = { ...server.login, user: "nobody-here" };
      await assert.rejects(connectSftpSite(server.address, wrongUser), hasReason("authentication-failed"));
    });

    test("signs in with a key under a passphrase, and says when that is wrong", async () => {
      const { user } = server.login;
      const [locked, passphrase] = [await lock(keys), "open"];
      await (await connectSftpSite(server.address, { user, privateKey: locked, passphrase })).end();
      const wrong = connectSftpSite(server.address, { user, privateKey: locked, passphrase: "shut" });
      await assert.rejects(wrong, hasReason("private-key-unusable"));
    });

    test("can be ended twice, and answers nothing afterwards", async () => {
      const other = await connectSftpSite(server.address, server.login);
      await other.end();
      await other.end();
      await assert.rejects(other.list(server.folder), hasReason("disconnected"));
    });
  });
}

async function* asContent(content: Buffer): AsyncGenerator<Buffer, void> {
  yield content;
}

/** The same key under a passphrase, as ssh-keygen would write it. */
async function lock(keys: SshKeyPair): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lock-"));
  await writeFile(join(folder, "key"), keys.privateKey, { mode: 0o600 });
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open", "-f", join(folder, "key")]);
  const { readFile } = await import("node:fs/promises");
  const locked = await readFile(join(folder, "key"), "utf8");
  await rm(folder, { recursive: true });
  return locked;
}
