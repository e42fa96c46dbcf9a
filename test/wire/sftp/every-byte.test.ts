import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { startSshd, whyNoSshd } from "../../../local/openssh/start-sshd.ts";
import { startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { connectSftpSite } from "../../../shared/fetch/sftp-site.ts";
import type { SiteAddress, SiteLogin } from "../../../shared/fetch/site.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { type FaultyLine, type LineFault, startFaultyLine } from "./faulty-line.ts";

const timeouts = { connectInMs: 600, silenceInMs: 400, keepaliveInMs: 60, endInMs: 100 };
/** Connecting may take up to four tries for the kinds of host keys, then listing, looking, reading and two closings. */
const longestInMs = 600 + 5 * 400 + 100 + 1500;
const content = Buffer.alloc(1_500, "chat ");

interface Server {
  readonly address: SiteAddress;
  readonly login: SiteLogin;
  readonly folder: string;
  close(): Promise<void>;
}

/** Everything that a fetch asks of a site. Resolves to the bytes read. */
async function fetchAll(server: Server, port: number): Promise<Buffer> {
  const site = await connectSftpSite({ ...server.address, port }, server.login, timeouts);
  try {
    const [entry] = (await site.list(server.folder)).files;
    if (entry === undefined) throw new Error("the file is not listed");
    const pieces: Buffer[] = [];
    for await (const piece of site.read(entry.path, entry.sizeInBytes)) pieces.push(piece);
    await site.stat(entry.path);
    return Buffer.concat(pieces);
  } finally {
    await site.end();
  }
}

async function withLine<T>(
  server: Server,
  what: LineFault,
  afterBytes: number,
  work: (line: FaultyLine) => Promise<T>,
): Promise<T> {
  const line = await startFaultyLine(server.address.port, what, afterBytes);
  try {
    return await work(line);
  } finally {
    await line.close();
  }
}

/** The line goes wrong after `afterBytes`; resolves to how long that took and to what it ended in. */
async function endOf(server: Server, what: LineFault, afterBytes: number): Promise<{ tookInMs: number; end: string }> {
  return await withLine(server, what, afterBytes, async ({ port }) => {
    const began = performance.now();
    const end = await fetchAll(server, port).then(
      (bytes) => (bytes.equals(content) ? "whole" : "other bytes"),
      (error: unknown) => (error instanceof SiteError ? error.reason : `surprise: ${String(error)}`),
    );
    return { tookInMs: performance.now() - began, end };
  });
}

/** At every `stride`-th byte, some of them side by side. */
async function sweep(t: TestContext, server: Server, what: LineFault, points: number): Promise<void> {
  const total = await withLine(server, "silent", Number.POSITIVE_INFINITY, async (line) => {
    await fetchAll(server, line.port);
    return line.passedInBytes;
  });
  const given = Number(process.env["SOURCE_POINTS"] ?? points);
  const waiting = Array.from({ length: given }, (_, n) => Math.floor((n * total) / given));
  const ends = new Map<string, number>();
  let slowest = 0;
  const lane = async (): Promise<void> => {
    for (let afterBytes = waiting.shift(); afterBytes !== undefined; afterBytes = waiting.shift()) {
      const { tookInMs, end } = await endOf(server, what, afterBytes);
      ends.set(end, (ends.get(end) ?? 0) + 1);
      slowest = Math.max(slowest, tookInMs);
      const isKnown = ["silent", "disconnected", "not-ssh", "whole"].includes(end);
      assert.ok(isKnown, `${what} after ${afterBytes} of ${total} bytes: ${end}`);
      assert.ok(tookInMs < longestInMs, `${what} after ${afterBytes} of ${total} bytes took ${tookInMs} ms`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  const told = [...ends].map(([end, count]) => `${end} ${count}`).join(", ");
  t.diagnostic(`${what} at ${given} places of ${total} bytes: ${told}; slowest ${Math.round(slowest)} ms`);
}

describe("a line that goes wrong at any byte", { timeout: 60_000 }, () => {
  let root: string;
  let local: Server;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "every-byte-"));
    await writeFile(join(root, "a.csv"), content);
    await utimes(join(root, "a.csv"), 1_700_000_000, 1_700_000_000);
    const stateDir = await mkdtemp(join(tmpdir(), "every-byte-state-"));
    const site = await startSftpSite({ root, stateDir, user: "ACME01", password: "pw" });
    const close = async (): Promise<void> => {
      await site.close();
      await rm(stateDir, { recursive: true, force: true });
    };
    local = {
      address: { host: "127.0.0.1", port: site.port, hostKeys: [site.fingerprint] },
      login: { user: "ACME01", password: "pw" },
      folder: "/",
      close,
    };
  });
  after(async () => {
    await local.close();
    await rm(root, { recursive: true, force: true });
  });

  for (const [what, points] of [
    ["silent", 48],
    ["cut", 48],
    ["drip", 16],
  ] as const) {
    test(`${what}: it ends in bounded time with a reason, or with every byte; never with others`, async (t) => {
      await sweep(t, local, what, points);
    });
  }

  test("the same with OpenSSH", { skip: whyNoSshd }, async (t) => {
    const keys = await generateSshKeys();
    const sshd = await startSshd({ publicKeys: [keys.publicKey], settings: ["MaxStartups 100:30:200"] });
    const server: Server = {
      address: { host: sshd.host, port: sshd.port, hostKeys: [sshd.fingerprints.ed25519] },
      login: { user: sshd.user, privateKey: keys.privateKey },
      folder: root,
      close: () => sshd.close(),
    };
    try {
      await sweep(t, server, "silent", 24);
      await sweep(t, server, "cut", 16);
    } finally {
      await server.close();
    }
  });
});
