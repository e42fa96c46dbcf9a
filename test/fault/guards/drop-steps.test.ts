import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { toFileId } from "../../../shared/chat/identifiers.ts";
import { advanceDrop } from "../../../shared/pipeline/advance-drop.ts";
import { moveDrop } from "../../../shared/pipeline/drop-book.ts";
import { sealed } from "../../../shared/pipeline/drop-state.ts";
import { enlistFiles, enlistListed } from "../../../shared/pipeline/enlist-file.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { type FileState, fileState } from "../../../shared/pipeline/file-state.ts";
import { toCounted } from "../../../shared/pipeline/gate.ts";
import { keepEvidence } from "../../../shared/pipeline/keep-evidence.ts";
import { reject } from "../../../shared/pipeline/receive-file.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { createDocument } from "../../../shared/store/state-document.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const drop = dropOf(1);

/** A drop of one file that has just been released. */
async function released(): Promise<{ world: PipelineWorld; file: FileState }> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  await world.invoke((deps) => fetchDue(deps));
  const [file] = await world.files(drop);
  assert.ok(file !== undefined);
  assert.equal((await world.drop(drop)).state, "released");
  return { world, file };
}

async function replace(world: PipelineWorld, path: BlobPath, bytes: Buffer): Promise<void> {
  await world.blobs.remove(path);
  await world.blobs.create(path, bytes);
}

test("a file that comes to fewer items than the gate has counted is not sealed: none of the rest may be lost in silence", async () => {
  const { world, file } = await released();
  await replace(world, paths.dropFile(drop, file.id), csvOf(rowsOf("a", 2)));
  await world.drain();
  assert.match(String(world.errors[0]), /counted with 3 items and parsed with 2/);
  assert.deepEqual([(await world.drop(drop)).state, world.textsIn(oids.ann)], ["released", []]);
});

test("a seal that names other items than the gate has counted stops the drop", async () => {
  const { world, file } = await released();
  await createDocument(world.blobs, paths.sealed(drop, file.id), sealed, { chunks: 1, items: 2 }, { writer: "other" });
  await assert.rejects(advanceDrop(world.deps, drop), /counted with 3 items and sealed with 2/);
  assert.equal((await world.drop(drop)).state, "released");
});

test("a drop is not closed while one of its mailboxes has no result", async () => {
  const { world } = await released();
  world.loses = (queue, task) => queue === "mailboxes" && "mailbox" in task && task.mailbox.startsWith(oids.bob);
  await world.runFor(3 * 3600_000);
  assert.deepEqual([world.textsIn(oids.ann).length, world.textsIn(oids.bob).length], [3, 0]);
  assert.equal((await world.drop(drop)).state, "importing");
  await assert.rejects(world.report(drop), /no report/);
  world.loses = () => false;
  await world.runUntilQuiet();
  assert.equal((await world.report(drop)).equation.imported, 6);
});

test("a process that was frozen while another one verified a file does not take it back", async () => {
  const { world, file } = await released();
  assert.equal(file.state, "verified");
  const seenBefore = { ...file, state: "fetched" as const, dropFiles: [] };
  await reject(world.deps, seenBefore, { code: "late", message: "What a frozen process would say." });
  assert.deepEqual(await world.files(drop), [file]);
});

test("evidence that another process has kept meanwhile counts as it is, not as it was read here", async () => {
  const { sha256: _ofOurs, ...file } = (await released()).file;
  const blobs = new MemoryBlobs();
  const theirs = Buffer.from("what the other one kept");
  const site = {
    async *read() {
      await blobs.create(file.evidence, theirs);
      yield Buffer.from("what came this time");
    },
    stat: async () => file,
  };
  const kept = await keepEvidence({ site, blobs }, file, AbortSignal.timeout(5000));
  const expected = createHash("sha256").update(theirs).digest("hex");
  assert.deepEqual(kept, { outcome: "kept", sha256: expected });
});

test("files that a dying process had listed are told of, though the site has them no more", async () => {
  const { file } = await released();
  const world = new PipelineWorld();
  const listed = ["one", "two", "three"].map((name) => ({ ...file, id: toFileId(name), state: "listed" as const }));
  const ports = new FaultyPorts({ what: "end", when: "before", nth: 2, of: ({ method }) => method === "create" });
  const dying = { ...world.deps, blobs: ports.wrap("blobs", world.blobs) };
  await assert.rejects(enlistFiles(dying, acme, listed));
  await enlistListed(world.deps, acme);
  assert.deepEqual(new Set((await world.drop(drop)).files), new Set(listed.map(({ id }) => id)));
});

test("a drop whose files are not all done is not counted", async () => {
  const { world, file } = await released();
  const collecting = { ...(await world.drop(drop)), state: "collecting" as const };
  assert.equal(toCounted(collecting, [file], 0)?.items, 3);
  for (const state of ["listed", "fetched", "incomplete"] as const) {
    assert.equal(toCounted(collecting, [file, { ...file, state }], 0), undefined);
  }
});

test("a file that joins a drop while its gate is being decided is not left behind", async () => {
  const { world, file } = await released();
  const late = fileState.parse({ ...file, id: toFileId("late"), state: "listed", dropFiles: [] });
  const latePath = paths.file(acme, late.siteDay, late.id);
  const open = await world.drop(drop);
  await moveDrop(world.deps, drop, () => ({ ...open, state: "collecting", chatFiles: [], items: 0 }));
  let isJoined = false;
  const join = async (path: BlobPath): Promise<void> => {
    if (isJoined || !path.startsWith("state/file/")) return;
    isJoined = true;
    await createDocument(world.blobs, latePath, fileState, late, { writer: "other" });
    await moveDrop(world.deps, drop, (now) => ({ ...now, files: [...now.files, late.id] }));
  };
  const blobs = new Proxy(world.blobs, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (key !== "read") return member.bind(target);
      return async (path: BlobPath) => {
        const found = await target.read(path);
        await join(path);
        return found;
      };
    },
  });
  await advanceDrop({ ...world.deps, blobs }, drop);
  assert.ok(isJoined);
  const { state, files } = await world.drop(drop);
  assert.deepEqual([state, files], ["collecting", [file.id, late.id]]);
});
