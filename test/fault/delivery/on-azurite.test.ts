import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Random } from "../../../local/sample/random.ts";
import { connector } from "../../../shared/config/connector.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { dropReport } from "../../../shared/report/drop-report.ts";
import { paths } from "../../../shared/store/paths.ts";
import { putDocument, readDocument } from "../../../shared/store/state-document.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";
import { type StorageBehindProxy, startStorageBehindProxy } from "../../support/storage-behind-proxy.ts";
import { fetchTask, TwoInstances } from "./two-instances.ts";

let storage: StorageBehindProxy;
before(async () => {
  storage = await startStorageBehindProxy({});
});
after(() => storage.stop());

async function reportOf(gen: number) {
  const found = await readDocument(storage.sound.blobs, paths.dropReport(dropOf(1), gen), dropReport);
  assert.ok(found);
  return found.value;
}

test("a drop and its next generation over real queues, each message twice and again while it is under way, at two instances: each item once", async (t) => {
  const world = new PipelineWorld();
  world.put("one.csv", csvOf([...rowsOf("a", 30), { id: "to-bob", from: "ann", to: ["bob", "eve"] }]));
  world.put("two.csv", csvOf(rowsOf("b", 12)));
  const host = new TwoInstances(world, storage, new Random("azurite"));
  const { blobs } = storage.sound;
  await putDocument(blobs, paths.connector(connectorOf().name), connector, () => connectorOf(), { writer: "admin" });
  await host.instance.queues.send("fetches", fetchTask);
  await host.run(1, 180_000);
  const first = await reportOf(1);
  assert.deepEqual(first.equation, { available: 86, imported: 86, partial: 0, skipped: 0, failed: 0 });
  await blobs.create(
    paths.mapping(connectorOf().name),
    Buffer.from("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n"),
  );
  assert.equal((await reprocessDrop(host.instance, dropOf(1))).outcome, "started");
  await host.run(2, 180_000);
  const second = await reportOf(2);
  assert.deepEqual(second.equation, { available: 87, imported: 1, partial: 0, skipped: 86, failed: 0 });
  assert.deepEqual([first.isBalanced, second.isBalanced], [true, true]);
  const held = [oids.ann, oids.bob, oids.cid].map((oid) => world.textsIn(oid));
  const doubled = held.reduce((sum, texts) => sum + texts.length - new Set(texts).size, 0);
  assert.deepEqual([held.map((texts) => texts.length), doubled], [[43, 43, 1], 0]);
  assert.ok(host.traffic.atOnce > 0 && host.traffic.delivered > 2 * host.traffic.sent, JSON.stringify(host.traffic));
  t.diagnostic(`${JSON.stringify(host.traffic)}; 87 items, 0 lost, ${doubled} doubled`);
});
