import assert from "node:assert/strict";
import { test } from "node:test";
import { objectId } from "../../../shared/chat/identifiers.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import type { ContractPerson } from "../../contract/directory/directory-contract.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, type Row, siteMorning } from "../../support/small-drop.ts";

const dan = objectId.parse("00000000-0000-4000-8000-000000000009");
const day = 24 * 3_600_000;
const rows: readonly Row[] = [
  { id: "hello", from: "ann", to: ["bob"] },
  { id: "reply", from: "bob", to: ["ann"] },
  { id: "note", from: "ann", to: ["ann", "bob"] },
];
const words = ["hello", "note", "reply"];

/** A tenant whose users a test changes as it goes: the world asks the list itself. */
function tenant(): ContractPerson[] {
  return [
    { oid: oids.ann, upn: "ann@acme.example", displayName: "Ann" },
    { oid: oids.bob, upn: "bob@acme.example", displayName: "Bob" },
    { oid: dan, upn: "dan@acme.example", displayName: "Dan" },
  ];
}

async function begin(people: ContractPerson[]): Promise<PipelineWorld> {
  const world = new PipelineWorld(people);
  await world.save(connectorOf());
  world.put("one.csv", csvOf(rows));
  await world.runUntilQuiet();
  assert.deepEqual([world.textsIn(oids.ann), world.textsIn(oids.bob)], [words, words]);
  return world;
}

/** The next day's drop. */
async function nextDay(world: PipelineWorld, more: readonly Row[]): Promise<void> {
  world.clock.turn(day);
  world.put("two.csv", csvOf(more), siteMorning + day);
  await world.fetch();
}

async function reprocess(world: PipelineWorld): Promise<void> {
  assert.equal((await reprocessDrop(world.deps, dropOf(1))).outcome, "started");
  await world.runUntilQuiet(3 * day);
}

/** Deletes a user's mailbox and makes an empty one. */
function recreate(world: PipelineWorld, oid: typeof dan, incarnation = 1) {
  const mailbox = world.mailboxOf(oid);
  const old = mailbox.items.splice(0);
  const folders = [...mailbox.folders];
  mailbox.folders.clear();
  mailbox.root = `root-${oid}-${incarnation}`;
  world.directory.recreate(oid);
  return { old, folders };
}

test("a mailbox that is deleted and made again gets all of a drop that is processed again, once, with an alert; the others nothing", async () => {
  const world = await begin(tenant());
  recreate(world, oids.bob);
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), words);
  assert.deepEqual(world.textsIn(oids.ann), words);
  assert.equal(world.log.of("mailbox.recreated").length, 1);
  assert.deepEqual((await world.report(dropOf(1), 2)).equation, {
    available: 6,
    imported: 3,
    partial: 0,
    skipped: 3,
    failed: 0,
  });
  await reprocess(world);
  assert.deepEqual((await world.report(dropOf(1), 3)).equation, {
    available: 6,
    imported: 0,
    partial: 0,
    skipped: 6,
    failed: 0,
  });
  assert.deepEqual(world.textsIn(oids.bob), words);
});

test("a mailbox that is made again while its items are on their way is blocked and told; the next generation imports all of them", async () => {
  const world = new PipelineWorld(tenant());
  await world.save(connectorOf());
  world.put("one.csv", csvOf(rows));
  const mailbox = world.mailboxOf(oids.bob);
  let isMade = false;
  mailbox.onCreate = async (moment) => {
    if (moment !== "after" || isMade || mailbox.items.length < 2) return;
    isMade = true;
    recreate(world, oids.bob);
  };
  await world.runUntilQuiet();
  assert.ok(isMade);
  const { blocked, equation, isBalanced } = await world.report(dropOf(1));
  assert.deepEqual(
    blocked.map(({ reason }) => reason),
    ["mailbox-recreated"],
  );
  assert.ok(equation.failed > 0 && isBalanced);
  assert.deepEqual(world.textsIn(oids.ann), words);
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), words);
  assert.equal((await world.report(dropOf(1), 2)).equation.failed, 0);
});

test("a deleted mailbox that is restored with what it held gets nothing again", async () => {
  const world = await begin(tenant());
  const mailbox = world.mailboxOf(oids.bob);
  const { old, folders } = recreate(world, oids.bob);
  await reprocess(world);
  mailbox.items.splice(0, mailbox.items.length, ...old);
  mailbox.folders.clear();
  for (const [id, name] of folders) mailbox.folders.set(id, name);
  mailbox.root = `root-${oids.bob}-0`;
  Object.assign(world.directory, { find: await restored(world) });
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), words);
  assert.equal(world.log.of("mailbox.restored").length, 1);
});

/** The directory once the old mailbox is back. */
async function restored(world: PipelineWorld): Promise<PipelineWorld["directory"]["find"]> {
  const find = world.directory.find.bind(world.directory);
  return async (address) => {
    const answer = await find(address);
    if (typeof answer === "string" || answer.mailbox.state !== "ok") return answer;
    return { ...answer, mailbox: { state: "ok", rootId: world.mailboxOf(answer.user.oid).root } };
  };
}

test("a folder that its owner deletes between two drops is made again, and only the new drop's items are in it", async () => {
  const world = await begin(tenant());
  const mailbox = world.mailboxOf(oids.bob);
  mailbox.folders.clear();
  mailbox.items.splice(0);
  await nextDay(world, [{ id: "later", from: "ann", to: ["bob"] }]);
  assert.deepEqual(world.textsIn(oids.bob), ["later"]);
  assert.equal(world.log.of("folder.recreated").length, 1);
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), ["later"]);
  const { equation, findings } = await world.report(dropOf(1), 2);
  assert.equal(equation.skipped, 6);
  assert.equal(findings.missing, 3, "and it is said that they are gone");
});

test("somebody who is named by several addresses, in one item too, gets each item once", async () => {
  const people = tenant();
  const [ann, bob] = people;
  assert.ok(ann && bob);
  people[1] = {
    ...bob,
    mail: "robert@acme.example",
    proxyAddresses: ["SMTP:robert@acme.example", "smtp:bobby@acme.example"],
  };
  const world = new PipelineWorld(people);
  await world.save(connectorOf());
  const all = ["bob", "robert", "bobby"];
  world.put(
    "one.csv",
    csvOf([
      { id: "to-all", from: "ann", to: all },
      { id: "from-alias", from: "bobby", to: ["ann", "bob"] },
    ]),
  );
  world.put("two.csv", csvOf([{ id: "to-all", from: "ann", to: ["robert"] }]));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.bob), ["from-alias", "to-all"]);
  assert.deepEqual(world.textsIn(oids.ann), ["from-alias", "to-all"]);
  assert.equal((await world.report(dropOf(1))).isBalanced, true);
});

test("an address that changes hands between two drops: its old owner keeps what he has, the new one gets what comes from then on", async () => {
  const people = tenant();
  const world = await begin(people);
  handOver(people);
  await nextDay(world, [{ id: "later", from: "ann", to: ["bob"] }]);
  assert.deepEqual(world.textsIn(oids.bob), words);
  assert.deepEqual(world.textsIn(dan), ["later"]);
});

/** Bob's address becomes Dan's. */
function handOver(people: ContractPerson[]): void {
  const at = people.findIndex(({ oid }) => oid === oids.bob);
  people[at] = { oid: oids.bob, upn: "robert@acme.example", displayName: "Bob" };
  people[2] = { oid: dan, upn: "dan@acme.example", proxyAddresses: ["smtp:bob@acme.example"], displayName: "Dan" };
}

for (const [when, waitInMs] of [
  ["soon", 0],
  ["when its plaintext is long deleted", 400 * day],
] as const) {
  test(`an address that changed hands before a drop is processed again, ${when}: the chats are its old owner's, and the new one gets none`, async () => {
    const people = tenant();
    const world = await begin(people);
    const lost = world.mailboxOf(oids.bob).items[0];
    assert.ok(lost);
    handOver(people);
    world.clock.turn(waitInMs);
    await world.tick();
    await reprocess(world);
    assert.deepEqual(world.textsIn(oids.bob), words);
    assert.deepEqual(world.textsIn(dan), []);
    const { equation, misroutedItems } = await world.report(dropOf(1), 2);
    assert.deepEqual(equation, { available: 6, imported: 0, partial: 0, skipped: 6, failed: 0 });
    assert.equal(misroutedItems, 0, "what its owner has is not called somebody else's");
    assert.equal(world.log.of("people.addresses-changed-hands").length, 1);
    await world.map("ImId,Mailbox\r\nbob,dan@acme.example\r\n");
    await reprocess(world);
    assert.deepEqual(world.textsIn(dan), words, "unless the admin's mapping says so");
  });
}

test("a mailbox that moved to another address is the same mailbox: nothing comes twice, and what was missing comes to it", async () => {
  const people = tenant();
  const world = new PipelineWorld(people);
  await world.save(connectorOf());
  world.put("one.csv", csvOf(rows));
  const mailbox = world.mailboxOf(oids.bob);
  mailbox.mishapOf = (creation) =>
    creation === 2
      ? { stores: false, outcome: { type: "refused", reason: "refused:400:X", becauseOf: [] } }
      : undefined;
  await world.runUntilQuiet();
  assert.equal(mailbox.items.length, 2);
  mailbox.mishapOf = () => undefined;
  people[1] = { oid: oids.bob, upn: "robert@acme.example", displayName: "Bob" };
  await reprocess(world);
  assert.deepEqual(world.textsIn(oids.bob), words);
  assert.deepEqual((await world.report(dropOf(1), 2)).equation, {
    available: 6,
    imported: 1,
    partial: 0,
    skipped: 5,
    failed: 0,
  });
  await nextDay(world, [{ id: "hello", from: "ann", to: ["robert"] }]);
  assert.deepEqual(
    world.textsIn(oids.bob),
    words,
    "an item that came to the old address does not come again to the new one",
  );
});
