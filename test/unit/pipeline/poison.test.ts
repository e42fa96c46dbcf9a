import assert from "node:assert/strict";
import { test } from "node:test";
import { buryMessage, deadMessage } from "../../../shared/pipeline/bury-message.ts";
import { paths } from "../../../shared/store/paths.ts";
import { listDocuments } from "../../../shared/store/state-document.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;

async function deadOf(world: PipelineWorld) {
  const dead: { queue: string; message?: unknown }[] = [];
  for await (const { value } of listDocuments(world.blobs, paths.deads, deadMessage)) dead.push(value);
  return dead;
}

test("a message that fails five times is kept whole with its ids and told of as an error; the drop goes on once it can", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId;Mailbox\r\nno header of ours");
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runFor(15 * minute);
  const [first] = await deadOf(world);
  assert.equal(first?.queue, "chats-poison");
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  const message = { v: 1, runId: `${dropOf(1)}/1`, drop: dropOf(1), gen: 1, file: file?.id, chunk: 0 };
  assert.deepEqual(first.message, message);
  const [line] = world.log.of("message.dead");
  assert.deepEqual([line?.level, line?.fields["drop"], line?.fields["chunk"]], ["error", dropOf(1), 0]);
  assert.deepEqual(world.textsIn(oids.ann), []);
  await world.map("ImId,Mailbox\r\n");
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
});

test("nobody is unmapped because the directory is away: the drop waits for it", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  const find = world.directory.find.bind(world.directory);
  world.directory.find = () => Promise.reject(new Error("the directory is away"));
  await world.runFor(60 * minute);
  assert.equal((await world.drop(dropOf(1))).state, "sealed");
  assert.equal(await world.blobs.head(paths.people(dropOf(1), 1)), undefined);
  world.directory.find = find;
  await world.runUntilQuiet();
  assert.deepEqual([(await world.report(dropOf(1))).unmappedItems, world.textsIn(oids.bob).length], [0, 2]);
});

test("the same message buried twice is one record, and any id makes a safe name", async () => {
  const world = new PipelineWorld();
  const message = { v: 1, connector: acme };
  await buryMessage(world.deps, "fetches-poison", "../a b/c?", message);
  world.clock.turn(1000);
  await buryMessage(world.deps, "fetches-poison", "../a b/c?", message);
  const names = world.blobs.all().filter((path) => path.startsWith(paths.deads));
  assert.deepEqual(names, ["state/dead/fetches-poison/___a_b_c_.json"]);
});

test("what is not a message of ours is kept too, and none of it gets into the log", async () => {
  const world = new PipelineWorld();
  await buryMessage(world.deps, "chats-poison", "x", "a chat's words");
  await buryMessage(world.deps, "chats-poison", "y", { drop: "a chat's words" });
  await buryMessage(world.deps, "chats-poison", "z", undefined);
  assert.equal((await deadOf(world)).length, 3);
  assert.doesNotMatch(JSON.stringify(world.log.lines), /words/);
});

test("marked words of a drop are in no log line, no message, no error and no name of a blob", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const sent: unknown[] = [];
  world.loses = (queue, task) => {
    sent.push(queue, task);
    return false;
  };
  const canary = {
    id: "canary-id",
    from: "canary-sender",
    to: ["ann", "canary-recipient"],
    text: "canary text",
    room: "canary-room",
  };
  world.put("canary-file.csv", csvOf([canary]));
  world.put("canary-bad.csv", "canary,header\r\ncanary,row\r\n");
  world.put("canary-worse.csv", `${csvOf([canary]).toString()}"canary,unclosed`);
  await world.map("ImId,Mailbox\r\ncanary-sender,canary@canary.example\r\n");
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 1);
  const told = JSON.stringify([world.log.lines, sent, world.errors.map(String), world.blobs.all()]);
  assert.doesNotMatch(told, /canary/i);
});
