import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startSshd, whyNoSshd } from "../../../local/openssh/start-sshd.ts";
import type { SiteFaults } from "../../../local/sftp/faults.ts";
import type { Guests } from "../../../local/sftp/sign-in.ts";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { connectSftpSite, fetchHostKeys } from "../../../shared/fetch/sftp-site.ts";
import type { Site } from "../../../shared/fetch/site.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { digest, hasReason } from "../../contract/sftp/site-contract.ts";
import { startSlowLine } from "./slow-line.ts";

const size = 3_000_000;
const timeouts = { connectInMs: 2_000, silenceInMs: 400, keepaliveInMs: 50, endInMs: 200 };

describe("an SFTP site that misbehaves", { timeout: 60_000 }, () => {
  let root: string;
  let stateDir: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "faults-"));
    stateDir = await mkdtemp(join(tmpdir(), "faults-state-"));
    await writeFile(join(root, "a.pgp"), randomBytes(size));
    await utimes(join(root, "a.pgp"), 1_700_000_000, 1_700_000_000);
  });
  after(async () => {
    await rm(root, { recursive: true, force: true });
    await rm(stateDir, { recursive: true, force: true });
  });

  /** Starts a site with faults, does something with it, and ends it. */
  const withServer = async (
    faults: SiteFaults,
    work: (server: RunningSftpSite) => Promise<void>,
    guests: Partial<Guests> = { password: "pw" },
  ) => {
    const server = await startSftpSite({ root, stateDir, user: "ACME01", faults, ...guests });
    try {
      await work(server);
    } finally {
      await server.close();
    }
  };
  const enter = (server: RunningSftpSite, login: { password?: string; privateKey?: string } = { password: "pw" }) =>
    connectSftpSite({ ...server, hostKeys: [server.fingerprint] }, { user: "ACME01", ...login }, timeouts);
  const withSite = (faults: SiteFaults, work: (site: Site) => Promise<void>) =>
    withServer(faults, async (server) => {
      const site = await enter(server);
      try {
        await work(site);
      } finally {
        await site.end();
      }
    });
  const readAll = (site: Site) => digest(site.read("/a.pgp", size));

  /** Runs something that must fail, within a bounded time. */
  const failsWithin = async (ms: number, work: () => Promise<unknown>, check: (error: unknown) => boolean) => {
    const began = performance.now();
    await assert.rejects(work(), check);
    assert.ok(performance.now() - began < ms, `took ${performance.now() - began} ms`);
  };

  test("a site that goes silent in the middle of a file is given up after three keepalives", async () => {
    await withServer({ silentAfterBytes: 1_000_000 }, async (server) => {
      const patient = { ...timeouts, silenceInMs: 20_000 };
      const address = { ...server, hostKeys: [server.fingerprint] };
      const site = await connectSftpSite(address, { user: "ACME01", password: "pw" }, patient);
      await failsWithin(2_000, () => readAll(site), hasReason("silent"));
      await site.end();
    });
  });

  test("a site that answers keepalives but no more requests is given up, too", async () => {
    await withSite({ deafAfterBytes: 1_000_000 }, (site) =>
      failsWithin(2_000, () => readAll(site), hasReason("silent")),
    );
  });

  test("a site that says nothing at all is given up at the connection's deadline", async () => {
    await withServer({ muteFromStart: true }, (server) => failsWithin(4_000, () => enter(server), hasReason("silent")));
  });

  test("a cut connection is told as such", async () => {
    await withSite({ cutAfterBytes: 1_000_000 }, (site) =>
      failsWithin(2_000, () => readAll(site), hasReason("disconnected")),
    );
  });

  test("a file that ends too early or goes on is told as such", async () => {
    await withSite({ endsAtByte: 2_000_000 }, (site) => assert.rejects(readAll(site), hasReason("file-shrank")));
    await withSite({ extraBytes: 1 }, (site) => assert.rejects(readAll(site), hasReason("file-grew")));
  });

  test("short answers, and answers in another order, make the same file", async () => {
    let whole = "";
    await withSite({}, async (site) => {
      whole = await readAll(site);
    });
    await withSite({ shortReadInBytes: 10_000, shuffleAnswers: true }, async (site) => {
      assert.equal(await readAll(site), whole);
    });
  });

  test("a slow line is no dead one: keepalives that wait behind the file's data end nothing", async () => {
    await withServer({}, async (server) => {
      const line = await startSlowLine(server.port, 2_000_000);
      try {
        const address = { host: "127.0.0.1", port: line.port, hostKeys: [server.fingerprint] };
        const site = await connectSftpSite(address, { user: "ACME01", password: "pw" }, timeouts);
        assert.match(await readAll(site), /^3000000 /);
        await site.end();
      } finally {
        await line.close();
      }
    });
  });

  test("a refused listing or file is told as such", async () => {
    await withSite({ denyList: true, denyRead: true }, async (site) => {
      await assert.rejects(site.list("/"), hasReason("permission-denied"));
      await assert.rejects(readAll(site), hasReason("permission-denied"));
    });
  });

  test("of a listing with names that lead elsewhere or are no names only the others are taken, and the rest is counted", async () => {
    const nonsense = ["../../etc/passwd", "a/b.pgp", "x\0.pgp", "x".repeat(1025), "\ufffd.pgp"];
    // ssh2 itself passes over "..".
    await withSite({ listing: () => ["..", ...nonsense, "a.pgp", "line\nfeed.pgp"] }, async (site) => {
      const { files, unusable } = await site.list("/");
      assert.deepEqual([files.map(({ path }) => path), unusable], [["/a.pgp", "/line\nfeed.pgp"], nonsense.length]);
    });
  });

  test("a listing without end is refused", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `${i}.pgp`);
    await withSite({ listing: () => names, endlessListing: true }, (site) =>
      assert.rejects(site.list("/"), hasReason("bad-listing")),
    );
  });

  test("attributes without size and time are not taken for zero: such files are counted and left out", async () => {
    await withSite({ bareAttributes: true }, async (site) => {
      assert.deepEqual(await site.list("/"), { files: [], unusable: 1 });
      await assert.rejects(site.stat("/a.pgp"), hasReason("bad-attributes"));
    });
  });

  test("a size that is no number of bytes is nonsense; a huge one is only found out by reading, and the last second of SFTP is a time", async () => {
    await withSite({ toldAttributes: { size: 2 ** 63 } }, async (site) => {
      assert.deepEqual(await site.list("/"), { files: [], unusable: 1 });
    });
    await withSite({ toldAttributes: { size: 2 ** 50, mtime: 2 ** 32 - 1 } }, async (site) => {
      const { files } = await site.list("/");
      assert.deepEqual(files, [{ path: "/a.pgp", sizeInBytes: 2 ** 50, modifiedAt: 4_294_967_295_000 }]);
      await assert.rejects(digest(site.read("/a.pgp", 2 ** 50)), hasReason("file-shrank"));
    });
  });

  test("a server without SFTP is told as such", async () => {
    await withServer({ noSubsystem: true }, (server) => assert.rejects(enter(server), hasReason("no-sftp")));
  });

  test("no password is sent to a server with another host key", async () => {
    await withServer({}, async (server) => {
      const hostKeys = [`SHA256:${"B".repeat(43)}`];
      const entering = connectSftpSite({ ...server, hostKeys }, { user: "ACME01", password: "pw" }, timeouts);
      await assert.rejects(entering, hasReason("host-key-changed"));
      await fetchHostKeys(server, timeouts);
      assert.equal(server.signIns.size, 0);
    });
  });

  test("a wrong password is refused after one try", async () => {
    await withServer({}, async (server) => {
      await assert.rejects(enter(server, { password: "wrong" }), hasReason("authentication-failed"));
      assert.equal(server.signIns.get("password"), 1);
    });
  });

  test("the password is given to a server that asks for it by a prompt", async () => {
    await withServer({}, async (server) => (await enter(server)).end(), { password: "pw", wants: "prompt" });
  });

  test("key and password are both given where both are asked for", async () => {
    const keys = await generateSshKeys();
    const guests: Partial<Guests> = { password: "pw", publicKeys: [keys.publicKey], wants: "key-and-password" };
    await withServer(
      {},
      async (server) => (await enter(server, { password: "pw", privateKey: keys.privateKey })).end(),
      guests,
    );
    await withServer({}, (server) => assert.rejects(enter(server), hasReason("authentication-failed")), guests);
  });

  test("addresses where no site is are told apart", async () => {
    const at = (host: string, port: number) => connectSftpSite({ host, port, hostKeys: [] }, { user: "u" }, timeouts);
    await assert.rejects(at("127.0.0.1", 1), hasReason("refused"));
    await assert.rejects(at("no-such-host.invalid", 22), hasReason("name-not-found"));
    // What the other side says has to be read, or its end is never noticed and the server never closes.
    const web = createServer((socket) =>
      socket
        .on("error", () => {})
        .resume()
        .end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const address = web.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await assert.rejects(at("127.0.0.1", port), (error) =>
      /not-ssh|disconnected/.test(String(Reflect.get(Object(error), "reason"))),
    );
    web.close();
  });

  test("a stopped OpenSSH server is given up within seconds, and the goodbye, too", { skip: whyNoSshd }, async () => {
    const keys = await generateSshKeys();
    const sshd = await startSshd({ publicKeys: [keys.publicKey] });
    try {
      const address = { ...sshd, hostKeys: [sshd.fingerprints.ed25519] };
      const site = await connectSftpSite(address, { user: sshd.user, privateKey: keys.privateKey }, timeouts);
      sshd.freeze();
      await failsWithin(2_000, () => site.list(root), hasReason("silent"));
      const began = performance.now();
      await site.end();
      assert.ok(performance.now() - began < 1_000);
    } finally {
      await sshd.close();
    }
  });
});
