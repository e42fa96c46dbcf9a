import assert from "node:assert/strict";
import { after, test } from "node:test";
import { itemOf } from "../../contract/import/mailbox-contract.ts";
import { chatLineOf, keyOf } from "../../support/import-world.ts";
import { creations, WireWorld } from "../../support/wire-import.ts";

const wire = await WireWorld.start(4);
after(() => wire.graph.close());

const words = ["kept", "deleted", "deleted for good", "moved", "twice", "unseen"];
const lines = words.map((word, position) => ({ item: chatLineOf(word, { position }) }));

type Act = "delete" | "permanentDelete" | "move";

/** Does with an item what its owner, or another program, does by Graph. */
async function act(oid: string, word: string, what: Act): Promise<void> {
  const base = `${wire.graph.standIn.url}/v1.0/users/${oid}/messages`;
  const headers = { authorization: "Bearer t", "content-type": "application/json" };
  const filter = `internetMessageId eq '${itemOf(word).internetMessageId}'`;
  const found = await fetch(`${base}?$filter=${encodeURIComponent(filter)}&$select=id`, { headers });
  const [, id] = /"id":"([^"]+)"/.exec(await found.text()) ?? [];
  assert(id, word);
  const path = `${base}/${encodeURIComponent(id)}`;
  const body = JSON.stringify({ destinationId: "archive" });
  const reply =
    what === "delete"
      ? await fetch(path, { method: "DELETE", headers })
      : await fetch(`${path}/${what}`, { method: "POST", headers, ...(what === "move" ? { body } : {}) });
  assert(reply.ok, `${what} ${word}: ${reply.status}`);
}

async function imported() {
  const oid = wire.nextUser();
  const world = wire.worldOf(oid);
  await world.begin(lines);
  const first = await wire.runToEnd(world, []);
  assert.equal(first.summary.counts.imported, words.length);
  wire.clock.turn(3_600_000);
  return { oid, world };
}

test("what people did to items by hand is told by the next reading back, item by item, and nothing is made good by itself", async () => {
  const { oid, world } = await imported();
  await act(oid, "deleted", "delete");
  await act(oid, "deleted for good", "permanentDelete");
  await act(oid, "moved", "move");
  const [folder] = [await world.mailbox.findFolders("ICE Chat")].flatMap((answer) =>
    answer.type === "value" ? answer.value : [],
  );
  assert(folder);
  assert.equal((await world.mailbox.create(folder, itemOf("twice"))).type, "created");
  assert.equal((await world.mailbox.create(folder, itemOf("strange"))).type, "created");
  const before = wire.countsIn(oid);
  await world.begin(lines, 2);
  const { summary, result } = await wire.runToEnd(world, [], 2);
  assert.deepEqual(summary.counts, { imported: 0, partial: 0, skipped: words.length, failed: 0 });
  const findings = result.flatMap((line) => ("chatDay" in line ? [`${line.type} ${line.key}`] : []));
  const expected = [
    `moved ${keyOf("deleted")}`, // It lies in Deleted Items.
    `missing ${keyOf("deleted for good")}`,
    `moved ${keyOf("moved")}`,
    `double ${keyOf("twice")}`,
    `unrecorded ${keyOf("strange")}`,
  ];
  assert.deepEqual(findings.toSorted(), expected.toSorted());
  const { missing, moved, double, unrecorded, unchecked } = summary.verify;
  assert.deepEqual([missing, moved, double, unrecorded, unchecked], [1, 2, 1, 1, 0]);
  assert.equal(world.log.of("verify.found").length, 1);
  assert.deepEqual(wire.countsIn(oid), before, "nothing is deleted, nothing is put back");
});

test("an item without Message-ID that its owner has moved is told as moved, not as missing", async () => {
  const oid = wire.nextUser();
  const world = wire.worldOf(oid);
  await world.begin(lines.slice(0, 2));
  const refusal = {
    kind: "answer",
    status: 400,
    code: "ErrorInvalidArgument",
    message: "internetMessageId is invalid",
  } as const;
  const rule = { match: { ...creations, bodyHas: ["internetMessageId"] }, action: refusal };
  assert.equal((await wire.runToEnd(world, [rule])).summary.degraded, 2);
  wire.clock.turn(3_600_000);
  const { store } = wire.graph.standIn;
  const mailbox = store.mailbox(oid);
  const [item] = mailbox.items();
  assert(item);
  store.moveItem(mailbox, item, mailbox.findFolder("archive")?.number ?? 0);
  await world.begin(lines.slice(0, 2), 2);
  const { summary } = await wire.runToEnd(world, [], 2);
  assert.deepEqual([summary.verify.moved, summary.verify.missing], [1, 0]);
});
