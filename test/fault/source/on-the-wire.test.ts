import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SiteFaults } from "../../../local/sftp/faults.ts";
import { type RunningSftpSite, startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { type ConnectorName, connectorName } from "../../../shared/chat/identifiers.ts";
import type { Connector } from "../../../shared/config/connector.ts";
import { openSite } from "../../../shared/pipeline/open-site.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";
import { encrypted, endsOf, giveKey, pgp, saidIn } from "./deliveries.ts";

// The pipeline in memory, fetching by real SSH from sites that misbehave. The clock is turned, the line's time is real.

const minute = 60_000;
const timeouts = { connectInMs: 1_000, silenceInMs: 400, endInMs: 100 };

/** A site of its own for a connector, with a folder of files. */
interface WireSite {
  readonly server: RunningSftpSite;
  readonly faults: SiteFaults;
  put(name: string, bytes: Buffer): Promise<void>;
}

/** A world that fetches by SSH, with a site for each of these names. */
async function withSites(
  names: Readonly<Record<string, SiteFaults>>,
  work: (world: PipelineWorld, sites: Record<string, WireSite>) => Promise<void>,
  given: Partial<Connector> = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wire-"));
  const world = new PipelineWorld();
  Object.assign(world.deps, {
    openSite: (connector: Connector, signal: AbortSignal) => openSite(world.secrets, connector, timeouts, signal),
  });
  const sites: Record<string, WireSite> = {};
  try {
    for (const [name, faults] of Object.entries(names)) {
      sites[name] = await startSite(join(folder, name), faults);
      await setUp(world, connectorName.parse(name), sites[name].server, given);
    }
    await work(world, sites);
  } finally {
    await Promise.all(Object.values(sites).map(({ server }) => server.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function startSite(folder: string, faults: SiteFaults): Promise<WireSite> {
  const [root, stateDir] = [join(folder, "files"), join(folder, "keys")];
  const server = await startSftpSite({ root, stateDir, user: "ACME01", password: "right", faults });
  const put = async (name: string, bytes: Buffer): Promise<void> => {
    await writeFile(join(root, name), bytes);
    await utimes(join(root, name), siteMorning / 1000, siteMorning / 1000);
  };
  return { server, faults, put };
}

async function setUp(
  world: PipelineWorld,
  name: ConnectorName,
  { host, port, fingerprint }: RunningSftpSite,
  given: Partial<Connector>,
): Promise<void> {
  const site = { ...connectorOf().site, host, port, hostKeys: [fingerprint], folder: "/", user: "ACME01" };
  await world.secrets.set(secretName(name, "sftp-password"), "right");
  await giveKey(world, name);
  await world.save(connectorOf({ name, site, ...given }));
}

test("sites that hang at one step each keep nobody from their turn, in one lane, and are fetched once they answer", async (t) => {
  const hanging: Record<string, SiteFaults> = {
    "a-mute": { muteFromStart: true },
    "b-sign-in": { deafTo: ["sign-in"] },
    "c-session": { deafTo: ["session"] },
    "d-readdir": { deafTo: ["readdir"] },
    "e-open": { deafTo: ["open"] },
    "f-silent": { silentAfterBytes: 10 },
    "g-cut": { cutAfterBytes: 10 },
    "h-channel": { closesChannelAfterBytes: 10 },
  };
  await withSites({ ...hanging, "z-good": {} }, async (world, sites) => {
    for (const [name, { put }] of Object.entries(sites)) await put("chat.csv", csvOf(rowsOf(name, 1)));
    Object.assign(world.deps, { atOnce: 1 });
    const began = performance.now();
    await world.runFor(5 * minute);
    const tookInMs = Math.round(performance.now() - began);
    assert.deepEqual(saidIn(world, oids.ann), ["z-good-0"]);
    assert.equal(world.log.of("connector.fetch-failed").length, Object.keys(hanging).length);
    assert.deepEqual(world.errors, []);
    for (const { faults } of Object.values(sites)) {
      for (const fault of Object.keys(faults)) Reflect.deleteProperty(faults, fault);
    }
    await world.runUntilQuiet();
    assert.deepEqual(
      saidIn(world, oids.ann),
      Object.keys(sites).map((name) => `${name}-0`),
    );
    t.diagnostic(`${Object.keys(hanging).length} sites hung, one after the other in ${tookInMs} ms; lost 0, doubled 0`);
    assert.ok(tookInMs < 15_000);
  });
});

test("what came before goes on although the site now drips for as long as it is let", async () => {
  await withSites(
    { acme: {} },
    async (world, { acme }) => {
      await acme?.put("a.csv", await encrypted(csvOf(rowsOf("a", 1))));
      world.secrets.delete(secretName(dripping, "pgp-private-key-1"));
      await world.runFor(5 * minute);
      assert.deepEqual(await endsOf(world), ["a.csv fetched"]);
      await giveKey(world);
      Object.assign(acme?.faults ?? {}, { inventedEntries: 5_000, entriesPerAnswer: 1, delayInMs: 20 });
      Object.assign(world.deps, { deadlineInMs: 500 });
      const began = performance.now();
      await world.runFor(40 * minute);
      assert.deepEqual(saidIn(world, oids.ann), ["a-0"]);
      assert.ok(performance.now() - began < 15_000);
    },
    { encryption: pgp },
  );
});
const dripping = connectorName.parse("acme");

test("a host key that has changed is not accepted: nothing is sent, the log says what to do, and the confirmed key lets it go on", async () => {
  await withSites({ acme: {} }, async (world, { acme }) => {
    assert.ok(acme !== undefined);
    await acme.put("a.csv", csvOf(rowsOf("a", 1)));
    const { server } = acme;
    await setUp(world, dripping, { ...server, fingerprint: `SHA256:${"B".repeat(43)}` }, {});
    await world.runFor(65 * minute);
    assert.equal(server.signIns.size, 0, "not even a user name was sent");
    assert.deepEqual(
      world.blobs.all().filter((path) => path.startsWith("evidence/")),
      [],
    );
    const [line] = world.log.of("connector.fetch-failed");
    assert.match(String(line?.fields["errorMessage"]), /confirm the new fingerprint/);
    const [saved] = (await world.blobs.read("state/connector/acme"))?.bytes.toString().match(/SHA256:[^"]+/) ?? [];
    assert.equal(saved, `SHA256:${"B".repeat(43)}`);
    await setUp(world, dripping, server, {});
    await world.runUntilQuiet();
    assert.deepEqual(saidIn(world, oids.ann), ["a-0"]);
  });
});

test("a wrong password is sent twice an hour at most, whatever asks", async (t) => {
  await withSites({ acme: {} }, async (world, { acme }) => {
    await world.secrets.set(secretName(dripping, "sftp-password"), "wrong");
    for (let asked = 0; asked < 12; asked += 1) {
      await world.queues.send("fetches", { v: 1, runId: "by-hand", connector: dripping });
      await world.runFor(10 * minute);
    }
    const sent = acme?.server.signIns.get("password") ?? 0;
    t.diagnostic(`${sent} passwords in 2 hours, asked 12 times by hand`);
    assert.ok(sent >= 2 && sent <= 5, `${sent} passwords`);
  });
});

test("a file that is cut, or longer than it was listed, is never imported half; and whole once the site sends it whole", async (t) => {
  const cases: Record<string, SiteFaults> = {
    "ends early": { endsAtByte: 5_000 },
    "goes on": { extraBytes: 7 },
    "is cut off": { cutAfterBytes: 5_000 },
    "loses its channel": { closesChannelAfterBytes: 5_000 },
  };
  for (const [what, faults] of Object.entries(cases)) {
    await withSites({ acme: faults }, async (world, { acme }) => {
      await acme?.put("a.csv", csvOf(rowsOf("a", 300)));
      await world.runFor(10 * minute);
      assert.deepEqual(saidIn(world, oids.ann), [], what);
      assert.deepEqual(
        world.blobs.all().filter((path) => path.startsWith("evidence/")),
        [],
        what,
      );
      for (const fault of Object.keys(faults)) Reflect.deleteProperty(faults, fault);
      await world.runUntilQuiet();
      assert.equal(saidIn(world, oids.ann).length, 300, what);
      assert.equal((await world.report(dropOf(1))).isBalanced, true);
    });
  }
  t.diagnostic(`${Object.keys(cases).length} ways of breaking off, lost 0, doubled 0, halves 0`);
});
