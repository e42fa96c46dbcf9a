import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { appendFile, mkdtemp, rename, rm, truncate, unlink, utimes, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startSshd, whyNoSshd } from "../../../local/openssh/start-sshd.ts";
import type { SiteFaults, SiteStep } from "../../../local/sftp/faults.ts";
import { startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { connectSftpSite } from "../../../shared/fetch/sftp-site.ts";
import type { Site, SiteTimeouts } from "../../../shared/fetch/site.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { digest, hasReason } from "../../contract/sftp/site-contract.ts";

const size = 400_000;
const timeouts = { connectInMs: 1_500, silenceInMs: 300, keepaliveInMs: 50, endInMs: 100 };

describe("a site that is deaf, dumb or in a hurry", { timeout: 60_000 }, () => {
  let root: string;
  let stateDir: string;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "deaf-"));
    stateDir = await mkdtemp(join(tmpdir(), "deaf-state-"));
    await writeFile(join(root, "a.csv"), randomBytes(size));
    await utimes(join(root, "a.csv"), 1_700_000_000, 1_700_000_000);
  });
  after(async () => {
    await rm(root, { recursive: true, force: true });
    await rm(stateDir, { recursive: true, force: true });
  });

  const withSite = async (
    faults: SiteFaults,
    work: (enter: () => Promise<Site>) => Promise<void>,
    waits: SiteTimeouts = timeouts,
  ): Promise<void> => {
    const server = await startSftpSite({ root, stateDir, user: "ACME01", password: "pw", faults });
    const address = { ...server, hostKeys: [server.fingerprint] };
    try {
      await work(() => connectSftpSite(address, { user: "ACME01", password: "pw" }, waits));
    } finally {
      await server.close();
    }
  };

  /** Lists, looks and reads; resolves to what was read. */
  const fetchAll = async (enter: () => Promise<Site>): Promise<string> => {
    const site = await enter();
    try {
      const [entry] = (await site.list("/")).files;
      const read = await digest(site.read(entry?.path ?? "", entry?.sizeInBytes ?? 0));
      await site.stat(entry?.path ?? "");
      return read;
    } finally {
      await site.end();
    }
  };

  for (const step of [
    "sign-in",
    "session",
    "opendir",
    "readdir",
    "stat",
    "open",
    "read",
  ] as const satisfies SiteStep[]) {
    test(`one that never answers at "${step}", though it lives, is given up within the setting`, async (t) => {
      await withSite({ deafTo: [step] }, async (enter) => {
        const began = performance.now();
        await assert.rejects(fetchAll(enter), hasReason("silent"));
        const tookInMs = performance.now() - began;
        t.diagnostic(`${Math.round(tookInMs)} ms`);
        assert.ok(tookInMs < 2_500, `took ${tookInMs} ms`);
      });
    });
  }

  test("one that never answers to the closing of a file gives the file all the same", async () => {
    await withSite({ deafTo: ["close"] }, async (enter) => {
      const began = performance.now();
      assert.match(await fetchAll(enter), new RegExp(`^${size} `));
      assert.ok(performance.now() - began < 2_500);
    });
  });

  test("one that sends a byte at a time, each in time, is given up when a piece takes too long", async () => {
    await withSite({ shortReadInBytes: 1, delayInMs: 20 }, async (enter) => {
      const began = performance.now();
      await assert.rejects(fetchAll(enter), hasReason("silent"));
      assert.ok(performance.now() - began < 2_500);
    });
  });

  test("a listing that drips is ended by the caller's deadline", async () => {
    await withSite({ inventedEntries: 1_000, entriesPerAnswer: 1, delayInMs: 50 }, async (enter) => {
      const site = await enter();
      const began = performance.now();
      await assert.rejects(site.list("/", AbortSignal.timeout(500)), hasReason("aborted"));
      await site.end();
      assert.ok(performance.now() - began < 2_000);
    });
  });

  test("SFTP's channel closed in the middle of a file is told at once, and nothing that is asked afterwards hangs", async () => {
    await withSite({ closesChannelAfterBytes: 100_000 }, async (enter) => {
      const site = await enter();
      const began = performance.now();
      await assert.rejects(digest(site.read("/a.csv", size)), hasReason("disconnected"));
      await assert.rejects(site.stat("/a.csv"), (error) => error instanceof SiteError);
      await assert.rejects(site.list("/"), (error) => error instanceof SiteError);
      await site.end();
      assert.ok(performance.now() - began < 2_500, `took ${performance.now() - began} ms`);
    });
  });

  test("a hundred thousand entries are listed, and those that nobody wants cost nothing more", async (t) => {
    await withSite(
      { inventedEntries: 100_000, entriesPerAnswer: 500 },
      async (enter) => {
        const site = await enter();
        const began = performance.now();
        const { files } = await site.list("/", undefined, (path) => path.endsWith("99.csv"));
        t.diagnostic(`${Math.round(performance.now() - began)} ms`);
        assert.equal(files.length, 1_000);
        await site.end();
      },
      {},
    );
  });

  for (const [what, greeting] of [
    ["too many connections, as OpenSSH says it", "Exceeded MaxStartups\r\n"],
    ["not now, as OpenSSH says it", "Not allowed at this time\r\n"],
    ["nothing", ""],
  ] as const) {
    test(`a server that says ${what} and hangs up is one that closed the connection, not one of another kind`, async () => {
      const server = createServer((socket: Socket) =>
        socket
          .on("error", () => undefined)
          .resume()
          .end(greeting),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = portOf(server.address());
      const entering = connectSftpSite(
        { host: "127.0.0.1", port, hostKeys: [] },
        { user: "u", password: "pw" },
        timeouts,
      );
      await assert.rejects(entering, hasReason("disconnected"));
      await new Promise((resolve) => server.close(resolve));
    });
  }
});

function portOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address;
}

describe("OpenSSH under stress", { skip: whyNoSshd, timeout: 60_000 }, () => {
  const withSshd = async (
    settings: readonly string[],
    work: (enter: () => Promise<Site>, port: number) => Promise<void>,
  ): Promise<void> => {
    const keys = await generateSshKeys();
    const sshd = await startSshd({ publicKeys: [keys.publicKey], settings });
    const address = { ...sshd, hostKeys: [sshd.fingerprints.ed25519] };
    try {
      await work(() => connectSftpSite(address, { user: sshd.user, privateKey: keys.privateKey }, timeouts), sshd.port);
    } finally {
      await sshd.close();
    }
  };

  test("too many connections are told as a connection that was closed, which passes by itself", async () => {
    await withSshd(["MaxStartups 1:100:1", "LoginGraceTime 20"], async (enter, port) => {
      const first = connect({ host: "127.0.0.1", port });
      await new Promise((resolve) => first.once("data", resolve));
      await assert.rejects(enter(), hasReason("disconnected"));
      first.destroy();
    });
  });

  test("no encryption in common is told as such", async () => {
    await withSshd(["Ciphers aes128-cbc"], (enter) => assert.rejects(enter(), hasReason("no-common-algorithm")));
  });

  test("a user without SFTP is told as such", async () => {
    await withSshd(["MaxSessions 0"], (enter) => assert.rejects(enter(), hasReason("no-sftp")));
  });

  test("a file that is cut, grows, goes or is replaced while it is read is never taken for whole", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "stress-"));
    const path = join(folder, "a.csv");
    const length = 6_000_000;
    const changes: Record<string, [act: () => Promise<void>, end: string]> = {
      "cut to a third": [() => truncate(path, length / 3), "file-shrank"],
      "longer by one": [() => appendFile(path, "x"), "file-grew"],
      deleted: [() => unlink(path), "whole, but gone"],
      replaced: [
        async () => {
          await writeFile(`${path}.new`, randomBytes(length + 1));
          await rename(`${path}.new`, path);
        },
        "whole, but changed",
      ],
    };
    try {
      await withSshd([], async (enter) => {
        for (const [what, [act, expected]] of Object.entries(changes)) {
          await writeFile(path, randomBytes(length));
          const site = await enter();
          const end = await readWhile(site, path, length, act);
          await site.end();
          t.diagnostic(`${what}: ${end}`);
          assert.equal(end, expected, what);
        }
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Reads a file and changes it after the first piece; resolves to how that ended, by the reading and a last look. */
async function readWhile(site: Site, path: string, length: number, act: () => Promise<void>): Promise<string> {
  const before = await site.stat(path);
  let read = 0;
  try {
    for await (const piece of site.read(path, length)) {
      if (read === 0) await act();
      read += piece.length;
    }
    const now = await site.stat(path);
    return now.sizeInBytes === before.sizeInBytes ? "whole" : "whole, but changed";
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    return error.reason === "no-such-file" && read === length ? "whole, but gone" : error.reason;
  }
}
