import assert from "node:assert/strict";
import { test } from "node:test";
import { objectId } from "../../../shared/chat/identifiers.ts";
import { connector as connectorSchema, peopleChoice } from "../../../shared/config/connector.ts";
import { readDrop } from "../../../shared/pipeline/drop-book.ts";
import { paths } from "../../../shared/store/paths.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids } from "../../support/small-drop.ts";

const rows = [
  { id: "one", from: "ann", to: ["bob"] },
  { id: "two", from: "bob", to: ["ann", "eve"] },
];
const group = objectId.parse("11111111-2222-3333-4444-555555555555");

async function startWith(people: unknown): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save({ ...connectorOf(), people: peopleChoice.parse(people) });
  world.put("a.csv", csvOf(rows));
  return world;
}

async function putList(world: PipelineWorld, csv: string): Promise<void> {
  await world.blobs.create(paths.holdList(acme), Buffer.from(csv));
}

async function notOnList(world: PipelineWorld): Promise<(string | undefined)[]> {
  const { unmappedPeople } = await world.report(dropOf(1));
  return unmappedPeople.filter(({ reason }) => reason === "not-on-list").map(({ participant }) => participant.imId);
}

test("a connector that was set up before there were hold lists is everybody's", () => {
  const { people: _, ...before } = connectorOf();
  assert.deepEqual(connectorSchema.parse(before).people, { type: "everybody" });
});

test("with a hold list only its mailboxes get items, and the report says who is not on it", async () => {
  const world = await startWith({ type: "list" });
  await putList(world, "Mailbox\r\nANN@acme.example\r\ngone@acme.example\r\n");
  await world.runUntilQuiet();
  assert.deepEqual([world.textsIn(oids.ann), world.textsIn(oids.bob)], [["one", "two"], []]);
  assert.deepEqual(await notOnList(world), ["bob"]);
  const [told] = world.log.lines.filter(({ event }) => event === "people.resolved");
  assert.equal(told?.fields.listFaults, 1);
});

test("with a group only its members get items", async () => {
  const world = await startWith({ type: "group", group });
  world.groups.members.set(group, [oids.bob]);
  await world.runUntilQuiet();
  assert.deepEqual([world.textsIn(oids.ann), world.textsIn(oids.bob)], [[], ["one", "two"]]);
});

for (const [what, people, csv, members] of [
  ["a hold list that is not there", { type: "list" }, undefined],
  ["a hold list with a bad line", { type: "list" }, "Mailbox\r\nann@acme.example\r\nnobody\r\n"],
  ["an empty hold list", { type: "list" }, "Mailbox\r\n"],
  ["a group that cannot be asked for", { type: "group", group }, undefined],
  ["a group that shows nobody", { type: "group", group }, undefined, []],
] as const) {
  test(`${what} holds the drop back and leaves nobody out; mended, everybody on it gets theirs`, async () => {
    const world = await startWith(people);
    if (csv !== undefined) await putList(world, csv);
    if (members !== undefined) world.groups.members.set(group, members);
    await world.runFor(5 * 60_000);
    assert.equal((await readDrop(world.blobs, dropOf(1)))?.state, "sealed");
    assert.ok(world.errors.length > 0);
    assert.deepEqual(world.textsIn(oids.ann), []);
    await world.blobs.remove(paths.holdList(acme));
    await putList(world, "Mailbox\r\nann@acme.example\r\n");
    world.groups.members.set(group, [oids.ann]);
    await world.runUntilQuiet();
    assert.deepEqual([world.textsIn(oids.ann), world.textsIn(oids.bob)], [["one", "two"], []]);
  });
}
