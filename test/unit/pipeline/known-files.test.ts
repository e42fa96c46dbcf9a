import assert from "node:assert/strict";
import { test } from "node:test";
import { siteDay } from "../../../shared/chat/identifiers.ts";
import { fetchConnector } from "../../../shared/pipeline/fetch-connector.ts";
import { fileState } from "../../../shared/pipeline/file-state.ts";
import { readKnownFiles } from "../../../shared/pipeline/known-files.ts";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { updateDocument } from "../../../shared/store/state-document.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";

const dayInMs = 24 * 3600_000;
const remembered = paths.known(acme);

/** A site that keeps its files, all of them imported. */
async function worldOfDays(days: number): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (let day = 0; day < days; day += 1) {
    world.put(`chat-${day}.csv`, csvOf(rowsOf(`d${day}`, 1)), siteMorning + day * dayInMs);
  }
  await world.fetch();
  // What was on its way when the last fetch looked is read once more.
  await world.invoke((deps) => fetchConnector(deps, acme));
  return world;
}

interface Asked {
  readonly blobs: Blobs;
  readonly reads: BlobPath[];
  readonly lists: BlobPath[];
  readonly writes: BlobPath[];
}

function counting(blobs: Blobs): Asked {
  const asked: Record<"reads" | "lists" | "writes", BlobPath[]> = { reads: [], lists: [], writes: [] };
  const note = (into: BlobPath[], path: BlobPath): void => {
    into.push(path);
  };
  const counted = new Proxy(blobs, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method);
      if (typeof value !== "function") return value;
      return (path: BlobPath, ...rest: unknown[]): unknown => {
        if (method === "read") note(asked.reads, path);
        if (method === "list") note(asked.lists, path);
        if (method === "create" || method === "replace" || method === "remove") note(asked.writes, path);
        return Reflect.apply(value, target, [path, ...rest]);
      };
    },
  });
  return { blobs: counted, ...asked };
}

async function fetchCounted(world: PipelineWorld): Promise<Asked> {
  const asked = counting(world.deps.blobs);
  const end = await world.invoke(async (deps) => {
    const { outcome } = await fetchConnector({ ...deps, blobs: asked.blobs }, acme);
    assert.equal(outcome, "fetched");
  });
  assert.equal(end, "done");
  return asked;
}

test("a fetch costs the same however many days' files stay on the site, in a process that is new, too", async () => {
  const [few, many] = [await worldOfDays(3), await worldOfDays(30)];
  many.start();
  const [ofFew, ofMany] = [await fetchCounted(few), await fetchCounted(many)];
  assert.equal(ofMany.reads.length, ofFew.reads.length);
  assert.deepEqual(ofMany.writes, []);
  const records = ofMany.reads.filter((path) => path.startsWith("state/file/"));
  assert.deepEqual(records, []);
  assert.deepEqual(
    ofMany.lists.filter((path) => path.startsWith("state/file/")),
    ["state/file/acme/2026-06-", "state/file/acme/2026-07-0"],
  );
});

test("at the turn of a year its two months are listed, not the years; of many months all at once", async () => {
  const world = new PipelineWorld();
  const listsOf = async (...days: string[]): Promise<readonly BlobPath[]> => {
    const { blobs, lists } = counting(world.blobs);
    await readKnownFiles({ ...world.deps, blobs }, acme, new Set(days.map((day) => siteDay.parse(day))));
    return lists;
  };
  assert.deepEqual(await listsOf("2026-12-30", "2027-01-01", "2026-12-31"), [
    "state/file/acme/2026-12-3",
    "state/file/acme/2027-01-01",
  ]);
  assert.deepEqual(await listsOf("2026-06-30", "2026-07-01", "2026-08-01"), ["state/file/acme/2026-0"]);
});

test("a site that lists nothing asks for nothing to be known", async () => {
  const world = new PipelineWorld();
  const asked = counting(world.blobs);
  assert.equal((await readKnownFiles({ ...world.deps, blobs: asked.blobs }, acme, new Set())).size, 0);
  assert.deepEqual([...asked.lists, ...asked.reads], []);
});

test("what is remembered counts only for the version that was read: a record that an admin reset is fetched again", async () => {
  const world = await worldOfDays(2);
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  const path = paths.file(file.connector, file.siteDay, file.id);
  const change = { state: "rejected" as const, sha256: undefined };
  await updateDocument(world.blobs, path, fileState, (now) => ({ ...now, ...change }), { writer: "test" });
  const { reads } = await fetchCounted(world);
  assert.ok(reads.includes(path));
  // As one of which no byte has come it is taken as a new file: what it says is a duplicate of what is there.
  assert.equal((await world.files(dropOf(2))).length, 1);
});

test("what is remembered is never taken for a record that is not there: the file is enlisted again", async () => {
  const world = await worldOfDays(1);
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  const path = paths.file(file.connector, file.siteDay, file.id);
  assert.ok((await world.blobs.read(remembered))?.bytes.includes(file.id));
  await world.blobs.remove(path);
  await world.fetch();
  assert.equal((await world.files(dropOf(2)))[0]?.id, file.id);
});

test("files that are still on their way are not remembered, beside others or alone", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (const name of ["a", "b"]) world.put(`${name}.csv`, csvOf(rowsOf(name, 1)));
  await world.invoke((deps) => fetchConnector(deps, acme));
  assert.equal(await world.blobs.head(remembered), undefined);
  const [one, other] = await listed(world);
  assert.ok(one !== undefined && other !== undefined);
  const lookAgain = async (...paths: BlobPath[]): Promise<string> => {
    for (const path of paths) {
      const change = { state: "incomplete" as const };
      await updateDocument(world.blobs, path, fileState, (now) => ({ ...now, ...change }), { writer: "test" });
    }
    const known = await readKnownFiles(world.deps, acme, new Set([siteDay.parse("2026-06-04")]));
    assert.equal([...known.values()].filter(({ state }) => state === "incomplete").length, paths.length);
    return (await world.blobs.read(remembered))?.bytes.toString() ?? "";
  };
  assert.equal(await lookAgain(one, other), "");
  const change = { state: "verified" as const };
  await updateDocument(world.blobs, other, fileState, (now) => ({ ...now, ...change }), { writer: "test" });
  const text = await lookAgain(one);
  assert.ok(text.includes(other.slice(-20)) && !text.includes(one.slice(-20)));
});

async function listed(world: PipelineWorld): Promise<BlobPath[]> {
  const found: BlobPath[] = [];
  for await (const { path } of world.blobs.list(paths.files(acme))) found.push(path);
  return found;
}

test("what cannot be read of it is told, and read anew from the records", async () => {
  const world = await worldOfDays(2);
  await world.blobs.remove(remembered);
  await world.blobs.create(remembered, Buffer.from("not what we wrote"));
  const { reads } = await fetchCounted(world);
  assert.equal(reads.filter((path) => path.startsWith("state/file/")).length, 2);
  assert.equal(world.log.lines.filter(({ event }) => event === "site.known-files-forgotten").length, 1);
  assert.deepEqual(
    (await fetchCounted(world)).reads.filter((path) => path.startsWith("state/file/")),
    [],
  );
  assert.deepEqual(world.textsIn(oids.ann), ["d0-0", "d1-0"]);
});

test("what is no longer on the site is forgotten when there is news", async () => {
  const world = await worldOfDays(2);
  world.siteOf().files.delete("/out/chat-0.csv");
  world.put("chat-2.csv", csvOf(rowsOf("d2", 1)), siteMorning + 2 * dayInMs);
  await world.fetch();
  await world.invoke((deps) => fetchConnector(deps, acme));
  const text = (await world.blobs.read(remembered))?.bytes.toString() ?? "";
  assert.deepEqual([...new Set(text.match(/2026-06-\d\d/g))].toSorted(), ["2026-06-05", "2026-06-06"]);
});
