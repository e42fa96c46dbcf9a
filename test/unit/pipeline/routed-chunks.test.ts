import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { connectorName, dropId, type FileId, feedId, siteDay, toFileId } from "../../../shared/chat/identifiers.ts";
import { type DropState, dropState } from "../../../shared/pipeline/drop-state.ts";
import { mayBeAllRouted } from "../../../shared/pipeline/routed-chunks.ts";
import type { BlobEntry, BlobPath } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { Task } from "../../../shared/store/queues.ts";
import { createDocument } from "../../../shared/store/state-document.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const id = dropId.parse("acme-2026-06-04-1");

/** Counts what listings give. */
class ListedBlobs extends MemoryBlobs {
  entries = 0;

  override async *list(prefix: BlobPath): AsyncGenerator<BlobEntry> {
    for await (const entry of super.list(prefix)) {
      this.entries += 1;
      yield entry;
    }
  }
}

function chatFile(n: number, chunks: number | undefined): DropState["chatFiles"][number] {
  const file = toFileId("acme", String(n));
  return { id: file, listed: file, items: 1, ...(chunks === undefined ? {} : { chunks }) };
}

async function dropWith(chunksOf: readonly (number | undefined)[], state: DropState["state"] = "sealed") {
  const blobs = new ListedBlobs();
  const chatFiles = chunksOf.map((chunks, n) => chatFile(n, chunks));
  const drop = dropState.parse({
    ...{
      v: 1,
      id,
      connector: connectorName.parse("acme"),
      feed: feedId.parse("ACME"),
      siteDay: siteDay.parse("2026-06-04"),
    },
    ...{ seq: 1, gen: 1, state, files: [], chatFiles, openedAt: 0, movedAt: 0 },
  });
  await createDocument(blobs, paths.open(id), dropState, drop, { writer: "test" });
  const tasks = chatFiles.flatMap(({ id: file, chunks = 1 }) =>
    Array.from({ length: chunks }, (_, chunk) => toTask(file, chunk)),
  );
  return { blobs, tasks };
}

function toTask(file: FileId, chunk: number): Task<"chats"> {
  return { v: 1, runId: `${id}/1`, drop: id, gen: 1, file, chunk };
}

async function route(blobs: ListedBlobs, { file, chunk }: Task<"chats">): Promise<void> {
  await blobs.create(paths.routed(id, 1, file, chunk), Buffer.from("x"));
}

for (const chunksOf of [[1], [9], [10], [11], [101], [1234], [1, 1, 1], [3, 0, 25, 110], Array(150).fill(1)]) {
  const name = chunksOf.length > 9 ? `${chunksOf.length} files of one` : chunksOf.join(" and ");
  test(`whoever routes the last chunk sees it, in whatever order they come: ${name}`, async () => {
    const random = new Random(name);
    const { blobs, tasks } = await dropWith(chunksOf);
    const order = random.shuffled(tasks);
    let looks = 0;
    for (const task of order) {
      await route(blobs, task);
      const isAsked = await mayBeAllRouted(blobs, task);
      if (isAsked) looks += 1;
      assert.ok(isAsked || task !== order.at(-1), "the last one was overlooked");
    }
    const listed = blobs.entries + looks * tasks.length;
    assert.ok(listed <= 40 * tasks.length, `${listed} listed for ${tasks.length} chunks, all of them ${looks} times`);
  });
}

test("of several that come to their end together at least one sees that all are there", async () => {
  for (const together of [2, 3, 12]) {
    const { blobs, tasks } = await dropWith([37, 4]);
    const random = new Random(String(together));
    const order = random.shuffled(tasks);
    for (const task of order) await route(blobs, task);
    const last = order.slice(-together);
    assert.ok((await Promise.all(last.map((task) => mayBeAllRouted(blobs, task)))).includes(true));
  }
});

test("a chunk that is routed once more asks again", async () => {
  const { blobs, tasks } = await dropWith([12]);
  for (const task of tasks) await route(blobs, task);
  for (const task of tasks) assert.equal(await mayBeAllRouted(blobs, task), true);
});

test("before the drop is sealed, and when it has gone on, nobody looks", async () => {
  for (const state of ["released", "routed"] as const) {
    const { blobs, tasks } = await dropWith([1], state);
    const [task] = tasks;
    assert.ok(task !== undefined);
    await route(blobs, task);
    assert.equal(await mayBeAllRouted(blobs, task), false);
    assert.equal(blobs.entries, 0);
  }
});

test("a drop that was sealed by an earlier version is looked at whole", async () => {
  const { blobs, tasks } = await dropWith([undefined]);
  const [task] = tasks;
  assert.ok(task !== undefined);
  assert.equal(await mayBeAllRouted(blobs, task), true);
});
