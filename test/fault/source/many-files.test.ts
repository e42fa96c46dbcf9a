import assert from "node:assert/strict";
import { test } from "node:test";
import { enlistFiles, enlistListed } from "../../../shared/pipeline/enlist-file.ts";
import { type ListedFile, listSettledFiles } from "../../../shared/pipeline/list-site.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { acme, connectorOf, dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { siteMorning } from "../../support/small-drop.ts";
import { worldOf } from "./deliveries.ts";

/** More files of one day than are enlisted together, and some of the next day. */
const count = 620;

async function listMany(): Promise<{ world: PipelineWorld; listed: readonly ListedFile[] }> {
  const world = await worldOf();
  for (let n = 0; n < count; n += 1) world.put(`f${n}.csv`, "x", siteMorning + (n % 31 === 0 ? 24 * 3600_000 : 0));
  const deps = { ...world.deps, site: world.siteOf() };
  const { settled } = await listSettledFiles(deps, connectorOf(), new AbortController().signal);
  return { world, listed: settled };
}

/** Enlists them in a process with these ports; resolves when it is done or has died. */
async function enlist(world: PipelineWorld, listed: readonly ListedFile[], ports = new FaultyPorts()): Promise<void> {
  const { deps } = world.start(ports);
  await Promise.race([enlistFiles(deps, acme, listed), ports.ended]);
}

async function countFiles(world: PipelineWorld): Promise<number> {
  const drops = [await world.drop(dropOf(1)), await world.drop(dropOf(1, "2026-06-05"))];
  const ids = drops.flatMap(({ files }) => files);
  assert.equal(new Set(ids).size, ids.length, "a file is in two places");
  const records = world.blobs.all().filter((path) => path.startsWith("state/file/"));
  assert.equal(records.length, ids.length, "a file is recorded and in no drop");
  return ids.length;
}

test("many files, and a process that dies while they are enlisted: what was listed is in its drop, each file once", async (t) => {
  const { world, listed } = await listMany();
  const ports = new FaultyPorts();
  await enlist(world, listed, ports);
  assert.equal(await countFiles(world), count);
  const calls = ports.calls.length;
  assert.ok(calls < 4 * count, `${calls} calls to enlist ${count} files`);
  const deaths = Array.from({ length: 12 }, (_, n) => Math.floor((calls * (n + 1)) / 13));
  for (const nth of deaths) {
    const died = await listMany();
    await enlist(died.world, died.listed, new FaultyPorts({ nth, when: "after", what: "vanish" }));
    const next = died.world.start(new FaultyPorts()).deps;
    // The site has none of them any more: what was made durable is all there is.
    await enlistListed(next, acme);
    const kept = await countFiles(died.world);
    assert.ok(kept === 500 || kept === count, `${kept} files after call ${nth}`);
    await enlist(died.world, died.listed);
    assert.equal(await countFiles(died.world), count);
  }
  t.diagnostic(`${calls} calls for ${count} files, ${deaths.length} deaths, lost 0, doubled 0`);
});
