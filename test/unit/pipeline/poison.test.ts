import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { buryMessage } from "../../../shared/pipeline/bury-message.ts";
import { type DeadWork, listDead } from "../../../shared/pipeline/dead-work.ts";
import { fetchNow } from "../../../shared/pipeline/fetch-due.ts";
import { lastDelivery } from "../../../shared/pipeline/note-failure.ts";
import { paths } from "../../../shared/store/paths.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;

async function deadOf(world: PipelineWorld): Promise<DeadWork[]> {
  const dead: DeadWork[] = [];
  for await (const one of listDead(world.blobs)) dead.push(one);
  return dead;
}

/** A drop whose chunk cannot be mapped, because the mapping is none. */
async function unmappableWorld(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId;Mailbox\r\nno header of ours");
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  return world;
}

test("a message that fails five times is kept whole with its ids and told of as an error; the drop goes on once it can", async () => {
  const world = await unmappableWorld();
  await world.runFor(15 * minute);
  const [first] = await deadOf(world);
  assert.equal(first?.queue, "chats");
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

test("why it failed is kept with it, and work that dies again at each standstill is one record that counts", async () => {
  const world = await unmappableWorld();
  await world.runFor(3 * 60 * minute);
  const dead = await deadOf(world);
  assert.equal(dead.length, 1);
  const { deaths = 0, firstAt = 0, lastAt = 0, reason } = dead[0] ?? {};
  assert.ok(deaths >= 5 && lastAt - firstAt > 2 * 60 * minute, `${deaths} deaths in ${lastAt - firstAt} ms`);
  assert.equal(reason?.error, "BrokenState");
  assert.match(reason.message ?? "", /The mapping of connector acme cannot be used \(line 1: unknown-header\)/);
});

test("a reason is only kept with the last try, and until the host gives the message up nothing is called dead", async () => {
  const world = await unmappableWorld();
  const records = () => world.blobs.all().filter((path) => path.startsWith("state/dead/"));
  const fails = async (): Promise<void> => {
    for (let next = false; !next; ) {
      const failed = world.errors.length;
      if (!(await world.takeFrom("chats"))) world.clock.turn(30_000);
      next = world.errors.length > failed;
    }
  };
  await world.invoke((deps) => fetchNow(deps, acme));
  await world.takeEvent();
  for (let tries = 1; tries < lastDelivery; tries += 1) await fails();
  assert.deepEqual(records(), []);
  const bury = world.blobs.replace.bind(world.blobs);
  world.blobs.replace = () => Promise.reject(new Error("the process that buries is away"));
  await fails();
  assert.equal(records().length, 1);
  assert.deepEqual(await deadOf(world), []);
  world.blobs.replace = bury;
});

test("the number of tries after which a reason is kept is the host's own", () => {
  const host = z
    .object({ extensions: z.object({ queues: z.object({ maxDequeueCount: z.number() }) }) })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../../host.json"), "utf8")));
  assert.equal(lastDelivery, host.extensions.queues.maxDequeueCount);
});

test("a blob event that the host gives up is one record of its file, with its reason", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  world.losesEvent = () => true;
  await world.runFor(10 * minute);
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.ok(file !== undefined);
  await world.blobs.remove(paths.dropFile(dropOf(1), file.id));
  world.losesEvent = () => false;
  await world.runFor(3 * 60 * minute);
  const [dead, ...others] = await deadOf(world);
  assert.deepEqual(others, []);
  assert.deepEqual(dead?.work, { queue: "released", drop: dropOf(1), gen: 1, file: file.id });
  assert.ok(dead.deaths > 2);
  assert.match(dead.reason?.message ?? "", /The plaintext of file .* is missing/);
});

test("a copy that is buried twice counts once, every other copy once more, and any id will do", async () => {
  const world = new PipelineWorld();
  const message = { v: 1, runId: "r", connector: acme };
  for (const id of ["../a b/c?", "../a b/c?", "second"]) {
    await buryMessage(world.deps, "fetches-poison", id, { ...message, runId: id });
    world.clock.turn(1000);
  }
  const names = world.blobs.all().filter((path) => path.startsWith("state/dead/"));
  assert.deepEqual(names, [paths.dead("fetches", acme)]);
  assert.deepEqual(
    (await deadOf(world)).map(({ deaths, firstAt = 0, lastAt = 0 }) => [deaths, lastAt - firstAt]),
    [[2, 2000]],
  );
});

test("what is not a message of ours is kept too, and none of it gets into the log", async () => {
  const world = new PipelineWorld();
  await buryMessage(world.deps, "chats-poison", "x", "a chat's words");
  await buryMessage(world.deps, "chats-poison", "y", { drop: "a chat's words" });
  await buryMessage(world.deps, "chats-poison", "z", undefined);
  await buryMessage(world.deps, "webjobs-blobtrigger-poison", "b", {
    ContainerName: "drops",
    BlobName: "a chat's words",
  });
  await buryMessage(world.deps, "chats-poison", "another id", "a chat's words");
  const dead = await deadOf(world);
  assert.deepEqual(
    dead.map(({ deaths }) => deaths).toSorted((a, b) => a - b),
    [1, 1, 1, 2],
  );
  assert.ok(dead.every(({ work }) => work === undefined));
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
