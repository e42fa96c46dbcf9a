import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, type SFTPWrapper } from "ssh2";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { openWindow, windowInBytes } from "../../../shared/fetch/channel-window.ts";
import { connectSftpSite } from "../../../shared/fetch/sftp-site.ts";

const [user, password] = ["ACME01", "hunter2"];

describe("the window of an SFTP channel", { timeout: 20_000 }, () => {
  const content = Buffer.alloc(9_000_001, "chat ");
  let root: string;
  let server: RunningSftpSite;

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "window-"));
    await writeFile(join(root, "large"), content);
    server = await startSftpSite({ root, user, password });
  });
  after(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });

  const withChannel = async (work: (sftp: SFTPWrapper) => Promise<void>): Promise<void> => {
    const client = new Client();
    const { promise, resolve, reject } = Promise.withResolvers<SFTPWrapper>();
    client.on("error", reject);
    client.on("ready", () => client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))));
    client.connect({ host: server.host, port: server.port, username: user, password });
    try {
      await work(await promise);
    } finally {
      client.end();
    }
  };
  const windowOf = (sftp: SFTPWrapper): unknown => Reflect.get(Reflect.get(sftp, "incoming"), "window");

  test("is opened further than ssh2 would: what is read of ssh2's channel is still there", async () => {
    await withChannel(async (sftp) => {
      // But for the few bytes that have come since.
      assert.equal(Math.ceil(Number(windowOf(sftp)) / 65_536), 32);
      openWindow(sftp);
      assert.equal(windowOf(sftp), windowInBytes);
      openWindow(sftp);
      assert.equal(windowOf(sftp), windowInBytes);
    });
  });

  test("is opened once more only when there is something to tell, by as much as was used", async () => {
    const told: number[][] = [];
    const incoming = { window: windowInBytes - 100_000 };
    const outgoing = { id: 7, state: "open" };
    const channel = { incoming, outgoing, _protocol: { channelWindowAdjust: (...args: number[]) => told.push(args) } };
    await withChannel(async (sftp) => {
      Object.assign(sftp, channel);
      openWindow(sftp);
      assert.deepEqual(told, []);
      incoming.window = windowInBytes - 300_000;
      openWindow(sftp);
      assert.deepEqual(told, [[7, 300_000]]);
      assert.equal(incoming.window, windowInBytes);
      outgoing.state = "closed";
      incoming.window = 0;
      openWindow(sftp);
      assert.equal(told.length, 1);
    });
  });

  test("stays as ssh2 has it where ssh2 keeps it otherwise", async () => {
    for (const change of [{ incoming: undefined }, { outgoing: {} }, { _protocol: {} }]) {
      await withChannel(async (sftp) => {
        const own = Object.fromEntries(Object.keys(change).map((key) => [key, Reflect.get(sftp, key)]));
        Object.assign(sftp, change);
        assert.doesNotThrow(() => openWindow(sftp));
        Object.assign(sftp, own);
        assert.equal(Math.ceil(Number(windowOf(sftp)) / 65_536), 32);
      });
    }
  });

  test("lets a file through that is several times as large, byte for byte", async () => {
    const { host, port, fingerprints } = server;
    const site = await connectSftpSite({ host, port, hostKeys: fingerprints }, { user, password });
    try {
      const pieces: Buffer[] = [];
      for await (const piece of site.read("/large", content.length)) pieces.push(piece);
      assert.ok(Buffer.concat(pieces).equals(content));
    } finally {
      await site.end();
    }
  });
});
