import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { toStoredZip } from "../../../local/sample/stored-zip.ts";
import { generationRoutes } from "../../../shared/api/contract/generations.ts";
import { type Found, searchRoutes } from "../../../shared/api/contract/search.ts";
import { toMailboxId } from "../../../shared/chat/identifiers.ts";
import { paths } from "../../../shared/store/paths.ts";
import { ApiWorld } from "../../support/api-world.ts";
import { writeClosedDrop } from "../../support/large-drop.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const aDayInMs = 24 * 3600_000;

/** Two drops of a site day: one of a file and an archive, in which eve has no mailbox, and one that is held. */
async function searchWorld(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  world.put("Desk-Rates.csv", csvOf(rowsOf("a", 3)));
  const zipped = csvOf([{ id: "z", from: "cid", to: ["eve", "ann"] }]);
  world.put("archive.zip", toStoredZip([{ name: "inner/power.csv", bytes: zipped }]));
  await world.fetch();
  await world.save(connectorOf({ itemLimit: 2 }));
  world.put("late.csv", csvOf(rowsOf("late", 2)));
  await world.fetch();
  return world;
}

async function search(world: PipelineWorld, text: string, given: Readonly<Record<string, unknown>> = {}) {
  return await new ApiWorld(world).ask(searchRoutes.search, { body: { text, ...given } });
}

function told(one: Found): string {
  switch (one.type) {
    case "drop":
      return `drop ${one.drop} as ${one.as}, ${one.state}`;
    case "file":
      return `file ${one.path}${one.member === undefined ? "" : ` ${one.member}`} as ${one.as}`;
    case "item":
      return `item ${one.drop}/${one.generation} ${one.chatDay} for ${one.mailboxCount}`;
    case "person":
      return `person ${one.as} ${one.imId ?? one.mailbox} ${one.reason ?? ""}`.trim();
  }
}

test("a day finds the drops of that site day, and those that brought items of that chat day", async () => {
  const world = await searchWorld();
  const bySite = await search(world, "2026-06-04");
  assert.deepEqual(bySite.kinds, ["siteDay", "chatDay"]);
  assert.deepEqual(bySite.items.map(told), [
    `drop ${dropOf(2)} as siteDay, held`,
    `drop ${dropOf(1)} as siteDay, closed`,
  ]);
  const byChat = await search(world, "2026-06-03");
  assert.deepEqual(byChat.items.map(told), [`drop ${dropOf(1)} as chatDay, closed`]);
  assert.deepEqual(
    byChat.notSearched,
    [{ what: "report", reason: "not-there-yet", drops: 1 }],
    "the held one may have some",
  );
});

test("a drop is found by the beginning of its id, a file by a part of its name, by its id and by its hashes", async () => {
  const world = await searchWorld();
  const drops = await search(world, "acme-2026-06-04-2", { kinds: ["drop"] });
  assert.deepEqual(drops.items.map(told), [`drop ${dropOf(2)} as drop, held`]);
  assert.deepEqual((await search(world, "desk-rates")).items.map(told), ["file /out/Desk-Rates.csv as name"]);
  assert.deepEqual((await search(world, "power.csv")).items.map(told), [
    "file /out/archive.zip inner/power.csv as name",
  ]);
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  assert.deepEqual((await search(world, file.id)).items.map(told), [`file ${file.path} as id`]);
  for (const { sha256, plaintext } of await world.files(dropOf(1))) {
    assert.equal((await search(world, sha256 ?? "")).items.length, 1);
    assert.equal((await search(world, (plaintext ?? "").toUpperCase())).items.length, 1);
  }
  const member = (await world.files(dropOf(1)))
    .flatMap(({ dropFiles }) => dropFiles)
    .find((one) => one.member !== undefined);
  const [inArchive] = (await search(world, member?.sha256 ?? "")).items;
  assert.ok(inArchive?.type === "file");
  assert.deepEqual([inArchive.as, inArchive.chatFile, inArchive.member], ["plaintext", member?.id, "inner/power.csv"]);
  assert.deepEqual((await search(world, createHash("sha256").update("x").digest("hex"))).items, []);
});

test("an item is found by its key, with whose it is, also when the plaintext is gone", async () => {
  const world = await searchWorld();
  const api = new ApiWorld(world);
  const params = { drop: dropOf(1), gen: "1" };
  const { items } = await api.ask(generationRoutes.listItems, { params });
  const key = items[0]?.key ?? "";
  assert.deepEqual((await search(world, key)).items.map(told), [`item ${dropOf(1)}/1 2026-06-03 for 2`]);
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  const [found] = (await search(world, key)).items;
  assert.ok(found?.type === "item");
  assert.deepEqual(found.mailboxes.toSorted(), [toMailboxId(oids.ann, 0), toMailboxId(oids.bob, 0)]);
  const nothing = await search(world, "k".repeat(43));
  assert.deepEqual(nothing.items, []);
  assert.deepEqual(nothing.notSearched, [{ what: "index", reason: "not-there-yet", drops: 1 }]);
});

test("a person is found by ImId, address, name and object id; once the plaintext is gone by mailbox or as unmapped, and it says what is lacking", async () => {
  const world = await searchWorld();
  const people = async (text: string) => (await search(world, text, { kinds: ["person"] })).items.map(told);
  assert.deepEqual(await people("CID"), ["person mapped cid"]);
  assert.deepEqual(await people("eve"), ["person unmapped eve unknown-user"]);
  assert.deepEqual(await people("Ann@acme.example"), ["person mapped ann"]);
  assert.deepEqual(await people("cid.internal@acme.example"), ["person mapped cid"]);
  assert.deepEqual(await people(oids.bob), ["person mapped bob"]);
  const held = await search(world, "cid");
  assert.deepEqual(held.notSearched, [{ what: "people", reason: "not-there-yet", drops: 1 }]);
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  assert.deepEqual(await people("eve"), ["person unmapped eve unknown-user"]);
  assert.deepEqual(await people("ann@acme.example"), [`person mailbox ${oids.ann}.0`]);
  assert.deepEqual(await people("cid"), [], "by ImId a mapped person is no longer known");
  const { notSearched } = await search(world, "cid");
  assert.deepEqual(notSearched, [
    { what: "people", reason: "not-there-yet", drops: 1 },
    { what: "people", reason: "plaintext-deleted", drops: 1 },
  ]);
});

test("a search that cannot ask the directory, or read a record, goes on and says so", async () => {
  const world = await searchWorld();
  world.directory.find = async () => {
    throw new Error("away");
  };
  const away = await search(world, "ann@acme.example");
  assert.deepEqual(away.items.map(told), ["person mapped ann"]);
  assert.ok(away.notSearched.some(({ what, reason }) => what === "directory" && reason === "unavailable"));
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  const path = paths.file(acme, file.siteDay, file.id);
  await world.blobs.remove(path);
  await world.blobs.create(path, Buffer.from("{"));
  await world.blobs.remove(paths.open(dropOf(2)));
  await world.blobs.create(paths.open(dropOf(2)), Buffer.from("{"));
  const broken = await search(world, ".", { text: ".csv", kinds: ["file"] });
  assert.deepEqual(broken.items.length, 1);
  assert.deepEqual(
    broken.notSearched.map(({ what, reason }) => `${what} ${reason}`),
    ["report unreadable", "file unreadable"],
  );
});

test("a search goes on where it stopped; each request does bounded work, whatever there is", async (t) => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (let n = 0; n < 700; n += 1) {
    const day = new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);
    await writeClosedDrop(world.blobs, `acme-${day}-1`, 0);
  }
  const api = new ApiWorld(world);
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const before = api.requests;
    const body = { text: "nobody@other.example", ...(cursor === undefined ? {} : { cursor }) };
    const page = await api.ask(searchRoutes.search, { body });
    seen.push(page.searchedDrops);
    assert.ok(api.requests - before <= 300 * 5 + 10, `${api.requests - before}`);
    assert.equal(page.next === undefined, page.searchedTo === undefined);
    cursor = page.next;
  } while (cursor !== undefined);
  t.diagnostic(`drops a request: ${seen.join(", ")}`);
  assert.deepEqual(seen, [300, 300, 100]);
  const ofDay = await api.ask(searchRoutes.search, { body: { text: "2024-03-01" } });
  assert.deepEqual([ofDay.items.length, ofDay.searchedDrops, ofDay.next], [1, 1, undefined]);
  const few = await api.ask(searchRoutes.search, { body: { text: "acme-2024", kinds: ["drop"], limit: 3 } });
  assert.deepEqual([few.items.length, typeof few.next], [3, "string"]);
});

test("what the text cannot be is refused, and a connector and days narrow the search", async () => {
  const world = await searchWorld();
  const api = new ApiWorld(world);
  const wrong = await api.refusal(searchRoutes.search, { body: { text: "ann", kinds: ["person", "key"] } });
  assert.equal(wrong, "invalid: kinds.1 is nothing that the text can be");
  assert.equal((await search(world, "eve", { connector: "other" })).searchedDrops, 0);
  assert.equal((await search(world, "eve", { from: "2026-06-05" })).searchedDrops, 0);
  assert.equal((await search(world, "eve", { to: "2026-06-04" })).searchedDrops, 2);
});
