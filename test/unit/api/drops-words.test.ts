import assert from "node:assert/strict";
import { test } from "node:test";
import { deadRoutes } from "../../../shared/api/contract/dead.ts";
import { dropRoutes } from "../../../shared/api/contract/drops.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { searchKind, searchRoutes } from "../../../shared/api/contract/search.ts";
import { fetchDue } from "../../../shared/pipeline/fetch-due.ts";
import { csvKinds } from "../../../shared/pipeline/report-csv.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids } from "../../support/small-drop.ts";

const mark = "markedwords";
const params = { drop: dropOf(1), gen: "1" };

/** A drop whose every text, room and message id has the mark; ann's mailbox waits when `waits`. */
async function markedWorld(waits: boolean): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  if (waits) world.mailboxOf(oids.ann).rootId = async () => ({ type: "throttled", retryAfterInMs: 5 * 3600_000 });
  const row = { text: `${mark} text`, room: `${mark} room`, from: "ann", to: ["bob", "eve"] };
  const bytes = Buffer.from(`${mark} bytes`);
  const attached = { ...row, id: `${mark}-2`, file: { name: `${mark}.txt`, bytes } };
  world.put(
    "a.csv",
    csvOf([{ ...row, id: `${mark}-1` }, attached, { ...row, id: `${mark}-3`, to: ["eve"], from: "eve" }]),
  );
  world.put("broken.csv", `${mark}\r\n"${mark}`);
  await world.invoke((deps) => fetchDue(deps));
  await world.drain();
  if (!waits) await world.runUntilQuiet();
  return world;
}

/** Everything that can be read of it, as it is sent. */
async function readAll(world: PipelineWorld): Promise<string[]> {
  const api = new ApiWorld(world);
  const replies: unknown[] = [
    await api.ask(dropRoutes.listDrops),
    await api.ask(dropRoutes.readDrop, { params: { drop: dropOf(1) } }),
    await api.ask(generationRoutes.readGeneration, { params }),
    await api.ask(generationRoutes.listMailboxes, { params }),
    await api.ask(generationRoutes.listItems, { params }),
    await api.ask(generationRoutes.listUnmapped, { params }),
    await api.ask(deadRoutes.listDead, { query: { standing: "all" } }),
  ];
  for (const kind of csvKinds)
    replies.push(await api.download(generationRoutes.downloadTable, { params: { ...params, kind } }));
  for (const kind of searchKind.options) {
    const text = { siteDay: "2026-06-04", chatDay: "2026-06-03", sha256: "0".repeat(64), key: "k".repeat(43) };
    const body = { kinds: [kind], text: kind in text ? Reflect.get(text, kind) : "ann" };
    replies.push(await api.ask(searchRoutes.search, { body }));
  }
  for (const text of [`${mark} text`, `${mark}.txt`]) {
    replies.push((await api.ask(searchRoutes.search, { body: { text } })).items);
  }
  return replies.map((reply) => JSON.stringify(reply));
}

for (const waits of [true, false]) {
  test(`no reply has a word of a chat, ${waits ? "while the drop is at work" : "when it is closed"}; the store has them`, async (t) => {
    const world = await markedWorld(waits);
    const replies = await readAll(world);
    assert.deepEqual(
      replies.filter((reply) => reply.includes(mark)),
      [],
    );
    assert.ok(world.mailboxOf(oids.bob).items.some(({ message }) => JSON.stringify(message).includes(mark)));
    assert.ok(
      replies.some((reply) => reply.includes("broken.csv")),
      "the rejected file is told of",
    );
    t.diagnostic(`${replies.length} replies`);
  });
}

test("dead work whose message is none of ours is told of without what is in it", async () => {
  const world = await markedWorld(false);
  const record = { v: 1, queue: "chats", message: mark, deaths: 1, buried: [], redrives: 0 };
  const bytes = Buffer.from(JSON.stringify({ revision: 1, writes: [], value: record }));
  await world.blobs.create("state/dead/foreign/abc.json", bytes);
  const { items } = await new ApiWorld(world).ask(deadRoutes.listDead);
  assert.deepEqual(
    items.map(({ standing, work }) => [standing, work]),
    [["foreign", "no message of this app"]],
  );
  assert.ok(!JSON.stringify(items).includes(mark));
});
