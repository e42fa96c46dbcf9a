import assert from "node:assert/strict";
import { test } from "node:test";
import { buryMessage } from "../../../shared/pipeline/bury-message.ts";
import { cleanDrops } from "../../../shared/pipeline/clean-drops.ts";
import { readReport } from "../../../shared/pipeline/read-report.ts";
import { csvKinds } from "../../../shared/pipeline/report-csv.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { containers, paths } from "../../../shared/store/paths.ts";
import { beginDrop, mailboxesOf } from "../../fault/pipeline/a-drop.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";

const aDayInMs = 24 * 3600_000;

/** A closed drop with everything that is ever kept: a mended mapping, a misrouted item, dead work, an audit record. */
async function closedWorld(): Promise<PipelineWorld> {
  const world = await beginDrop();
  await world.map("ImId,Mailbox\r\neve,bob@acme.example\r\n");
  await world.runUntilQuiet();
  await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  await buryMessage(world.deps, "partitions-poison", "1", {
    ...{ v: 1, runId: "r", drop: dropOf(1), gen: 2, p: 0, P: 8 },
  });
  await world.blobs.create("audit/2026-06-04/one.json", Buffer.from("{}"));
  return world;
}

async function snapshot(world: PipelineWorld): Promise<ReadonlyMap<BlobPath, string>> {
  const all = new Map<BlobPath, string>();
  for (const path of world.blobs.all()) {
    all.set(path, (await world.blobs.read(path))?.bytes.toString("base64") ?? "");
  }
  return all;
}

function holdsPlaintext(path: BlobPath): boolean {
  return Object.entries(containers).some(
    ([name, container]) => container.holdsPlaintext && path.startsWith(`${name}/`),
  );
}

test("cleaning takes the plaintext of a drop and nothing else: all other blobs are byte for byte what they were", async (t) => {
  const world = await closedWorld();
  const before = await snapshot(world);
  const kinds = ["evidence/", "ledger/", "reports/drop/", "reports/index/", "reports/counted/", "reports/result/"];
  for (const kind of [...kinds, "reports/day/", "state/dead/", "feeds/", "audit/"]) {
    assert.ok(
      [...before.keys()].some((path) => path.startsWith(kind)),
      `there is something in ${kind}`,
    );
  }
  const plain = [...before.keys()].filter(holdsPlaintext);
  assert.ok(plain.length > 10);
  world.clock.turn(8 * aDayInMs);
  await cleanDrops(world.deps);
  const after = await snapshot(world);
  assert.deepEqual([...after.keys()].filter(holdsPlaintext), []);
  // That it is cleaned stands in the drop's own record; its mark is gone; a lock was taken.
  const ofCleaning = [paths.closed(dropOf(1)), paths.unclean(dropOf(1)), paths.lock(`drop-${dropOf(1)}`)];
  const kept = [...before].filter(([path]) => !holdsPlaintext(path) && !ofCleaning.includes(path));
  assert.deepEqual(
    kept,
    [...after].filter(([path]) => !ofCleaning.includes(path)),
  );
  t.diagnostic(`${plain.length} blobs of plaintext deleted, ${kept.length} others kept`);
});

test("what was closed a short while ago costs a sweep one listing, and not one reading of each drop of a week", async () => {
  const world = await closedWorld();
  world.clock.turn(6 * aDayInMs);
  const ports = new FaultyPorts();
  await cleanDrops({ ...world.deps, blobs: ports.wrap("blobs", world.blobs) });
  assert.deepEqual(
    ports.calls.filter(({ method }) => method !== "next"),
    [],
  );
  world.clock.turn(2 * aDayInMs);
  await cleanDrops({ ...world.deps, blobs: ports.wrap("blobs", world.blobs) });
  assert.ok(ports.calls.some(({ method }) => method === "read"));
});

test("after cleaning the reports of every generation and their tables are read as before", async () => {
  const world = await closedWorld();
  const deps = { blobs: world.blobs, clock: world.clock };
  const read = async (): Promise<unknown> => {
    const reports = await Promise.all([undefined, 1, 2].map((gen) => readReport(deps, dropOf(1), gen)));
    const tables = csvKinds.map((kind) => world.blobs.read(paths.reportCsv(dropOf(1), 2, kind)));
    return { reports, tables: (await Promise.all(tables)).map((blob) => blob?.bytes.toString()) };
  };
  const before = await read();
  world.clock.turn(8 * aDayInMs);
  await cleanDrops(world.deps);
  assert.deepEqual(await read(), before);
});

test("after cleaning a replay reads the evidence again, skips what is there, and is reported whole", async () => {
  const world = await closedWorld();
  const mailboxes = mailboxesOf(world);
  world.clock.turn(8 * aDayInMs);
  await cleanDrops(world.deps);
  world.siteOf().files.clear();
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const now = await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1));
  assert.deepEqual([now?.status, now?.report.gen, now?.report.isBalanced], ["closed", 3, true]);
  assert.equal(now?.report.equation.skipped, now?.report.equation.available);
  assert.deepEqual(mailboxesOf(world), mailboxes);
  assert.ok((await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1), 1)) !== undefined);
});

/** Cleans in a process that stands still at a deletion while the next generation begins and ends. */
async function cleanLate(world: PipelineWorld, isAt: (path: BlobPath) => boolean): Promise<number> {
  world.clock.turn(8 * aDayInMs);
  const [stopped, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let isFirst = true;
  const { blobs } = world;
  const remove = blobs.remove.bind(blobs);
  blobs.remove = async (path, etag) => {
    if (isFirst && isAt(path)) {
      isFirst = false;
      stopped.resolve();
      await gate.promise;
    }
    return await remove(path, etag);
  };
  const cleaning = cleanDrops(world.deps).catch((error: unknown) => error);
  await stopped.promise;
  world.clock.turn(61_000);
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const before = (await snapshot(world)).size;
  gate.resolve();
  await cleaning;
  return before - (await snapshot(world)).size;
}

test("a cleaner that stood still stops when it wakes, and leaves the plaintext of a generation begun since to its own time", async () => {
  const world = await closedWorld();
  const gone = await cleanLate(world, holdsPlaintext);
  assert.ok(gone <= 1, `${gone} blobs went, of which one was being deleted as it stood still`);
  assert.equal((await world.report(dropOf(1), 3)).isBalanced, true);
});

test("a cleaner that stood still before it took the mark away leaves the mark of a generation begun since", async () => {
  const world = await closedWorld();
  const gone = await cleanLate(world, (path) => path === paths.unclean(dropOf(1)));
  assert.equal(gone, 0);
  world.clock.turn(8 * aDayInMs);
  await cleanDrops(world.deps);
  assert.deepEqual(
    [...(await snapshot(world)).keys()].filter(holdsPlaintext),
    [],
    "its plaintext is deleted in its time",
  );
});
