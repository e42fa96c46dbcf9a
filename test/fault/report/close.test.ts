import assert from "node:assert/strict";
import { test } from "node:test";
import { closeDrop } from "../../../shared/pipeline/close-drop.ts";
import { type DropState, dropState } from "../../../shared/pipeline/drop-state.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { putDocument } from "../../../shared/store/state-document.ts";
import { FaultyPorts, type PortCall } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { beginDrop, forEach, mailboxesOf, numbersOf } from "../pipeline/a-drop.ts";

const aDayInMs = 24 * 3600_000;
const writer = { writer: "test" };

/** A drop whose runs have all ended, and of whose closing nothing is there yet. */
async function beginClose(): Promise<{ world: PipelineWorld; drop: DropState }> {
  const world = await beginDrop();
  await world.runUntilQuiet();
  const drop: DropState = { ...(await world.drop(dropOf(1))), state: "verifying" };
  const made = [paths.closed(drop.id), paths.unclean(drop.id), ...reportsOf(world), ...daysOf(world)];
  for (const path of made) await world.blobs.remove(path);
  await putDocument(world.blobs, paths.open(drop.id), dropState, () => drop, writer);
  return { world, drop };
}

function reportsOf(world: PipelineWorld): BlobPath[] {
  return world.blobs.all().filter((path) => path.startsWith(`reports/drop/${dropOf(1)}/`));
}

function daysOf(world: PipelineWorld): BlobPath[] {
  return world.blobs.all().filter((path) => path.startsWith("reports/day/"));
}

/** Everything that was written beside the report, and the report's value. */
async function leftOf(world: PipelineWorld): Promise<unknown> {
  const tables: [string, string][] = [];
  for (const path of reportsOf(world)) {
    if (path.endsWith(".csv")) tables.push([path, String((await world.blobs.read(path))?.bytes)]);
  }
  const isOpen = (await world.blobs.head(paths.open(dropOf(1)))) !== undefined;
  return { tables, report: await world.report(dropOf(1)), days: daysOf(world), isOpen, mailboxes: mailboxesOf(world) };
}

async function faultlessClose(): Promise<{ left: unknown; writes: number }> {
  const { world, drop } = await beginClose();
  const { ports } = world.start();
  await world.invoke((deps) => closeDrop(deps, drop));
  return { left: await leftOf(world), writes: ports.calls.filter(isWrite).length };
}

/** Calls that change something; between them nothing can be seen of where a process ended. */
const isWrite = ({ method }: PortCall): boolean => ["create", "replace", "remove", "commit"].includes(method);

test("a closing that ends at any write, and is done again, leaves the report, the tables and the days of one that did not", async (t) => {
  const { left, writes } = await faultlessClose();
  assert.ok(writes >= 15, `${writes} writes`);
  let faults = 0;
  await forEach(numbersOf(writes, 1), async (nth) => {
    for (const [what, when] of [
      ["vanish", "before"],
      ["vanish", "after"],
      ["throw", "after"],
    ] as const) {
      const { world, drop } = await beginClose();
      world.start(new FaultyPorts({ nth, what, when, of: isWrite }));
      if ((await world.invoke((deps) => closeDrop(deps, drop))) !== "done") faults += 1;
      const told = reportsOf(world);
      const first = await Promise.all(told.map((path) => world.blobs.read(path)));
      await world.runUntilQuiet(aDayInMs);
      assert.deepEqual(await leftOf(world), left);
      const now = await Promise.all(told.map((path) => world.blobs.read(path)));
      assert.deepEqual(now, first, "what was written stays byte for byte");
    }
  });
  t.diagnostic(`${faults} closings that ended before their end, at ${writes} writes`);
});

/** Stands still at the n-th write until it is let go. */
function frozenAt(nth: number, blobs: Blobs): { blobs: Blobs; reached: Promise<void>; letGo: () => void } {
  const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let writes = 0;
  const frozen: Blobs = new Proxy(blobs, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (["now", "writer", "list"].includes(String(key))) return member.bind(target);
      return async (...args: unknown[]) => {
        if (isWrite({ port: "blobs", method: String(key) })) writes += 1;
        if (writes === nth) {
          reached.resolve();
          await gate.promise;
        }
        return member.apply(target, args);
      };
    },
  });
  return { blobs: frozen, reached: reached.promise, letGo: gate.resolve };
}

test("a closer that is frozen at any write while another closes the drop, and the next generation begins and ends, harms neither", async (t) => {
  const { left, writes } = await faultlessClose();
  const expected = await replayed();
  let frozen = 0;
  await forEach(numbersOf(writes, 1), async (nth) => {
    for (const howFar of ["begun", "closed"] as const) {
      const { world, drop } = await beginClose();
      const late = frozenAt(nth, world.blobs);
      const closing = closeDrop({ ...world.deps, blobs: late.blobs }, drop).catch((error: unknown) => error);
      await Promise.race([late.reached, closing]);
      await closeDrop(world.deps, drop);
      frozen += 1;
      assert.deepEqual(await leftOf(world), left);
      await reprocessDrop(world.deps, drop.id);
      if (howFar === "closed") await world.runUntilQuiet(aDayInMs);
      late.letGo();
      await closing;
      await world.runUntilQuiet(aDayInMs);
      assert.equal((await world.drop(drop.id)).gen, 2);
      assert.deepEqual(await outcome(world), expected);
    }
  });
  t.diagnostic(`${frozen} frozen closers`);
});

async function replayed(): Promise<unknown> {
  const { world, drop } = await beginClose();
  await closeDrop(world.deps, drop);
  await reprocessDrop(world.deps, drop.id);
  await world.runUntilQuiet(aDayInMs);
  return await outcome(world);
}

async function outcome(world: PipelineWorld): Promise<unknown> {
  const { closedAt: _first, ...first } = await world.report(dropOf(1), 1);
  const { closedAt: _second, ...second } = await world.report(dropOf(1), 2);
  return { first, second, open: await world.blobs.head(paths.open(dropOf(1))), names: reportsOf(world) };
}
