import assert from "node:assert/strict";
import { test } from "node:test";
import { buryMessage } from "../../../shared/pipeline/bury-message.ts";
import { listDead } from "../../../shared/pipeline/dead-work.ts";
import { readReport } from "../../../shared/pipeline/read-report.ts";
import { type RedriveFilter, type Redriven, redriveDead } from "../../../shared/pipeline/redrive-dead.ts";
import { reprocessDrop, restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import type { DropReport } from "../../../shared/report/drop-report.ts";
import { paths } from "../../../shared/store/paths.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const goodMapping = "ImId,Mailbox\r\n";

/** A drop of which one chunk is dead, because the mapping is none. */
async function deadChunk(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("no;header");
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  await world.runFor(5 * minute);
  return world;
}

async function redrive(world: PipelineWorld, filter: RedriveFilter = {}): Promise<string[]> {
  return (await redriveDead(world.deps, filter)).map(told);
}

function told(one: Redriven): string {
  return one.outcome === "sent" ? `${one.id} sent` : `${one.id} refused: ${one.reason}`;
}

async function deadOf(world: PipelineWorld): Promise<Pick<DropReport, "dead" | "recovered">> {
  const now = await readReport({ blobs: world.blobs, clock: world.clock }, dropOf(1));
  assert.ok(now !== undefined);
  return { dead: now.report.dead, recovered: now.report.recovered };
}

test("dead work is in the report with its reason; once redriven and done it is no longer called dead", async () => {
  const world = await deadChunk();
  const { dead, recovered } = await deadOf(world);
  assert.deepEqual(recovered, []);
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.deepEqual(
    dead.map(({ queue, work, deaths }) => [queue, work, deaths]),
    [["chats", `chunk 0 of file ${file?.id}`, 1]],
  );
  assert.match(dead[0]?.reason ?? "", /^BrokenState: The mapping of connector acme cannot be used/);
  await world.map(goodMapping);
  const id = `chats/${dropOf(1)}/1/${file?.id}-00000`;
  assert.deepEqual(await redrive(world), [`${id} sent`]);
  const before = world.clock.now();
  await world.drain();
  assert.equal(world.clock.now(), before, "nothing had to wait for a sweep");
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
  const after = await deadOf(world);
  assert.deepEqual([after.dead, after.recovered.map(({ deaths }) => deaths)], [[], [1]]);
  assert.ok(after.recovered[0]?.redrivenAt !== undefined);
});

test("work that dies again after a redrive is dead again, and counts on", async () => {
  const world = await deadChunk();
  await redrive(world);
  await world.runFor(5 * minute);
  const { dead } = await deadOf(world);
  assert.equal(dead[0]?.deaths, 2);
});

test("a dead blob event's ticket is renewed, a dead fetch is asked for again, a mailbox goes on with its newest slice", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  world.losesEvent = () => true;
  await world.fetch().catch(() => undefined);
  const { id, chatFiles } = await world.drop(dropOf(1));
  const file = chatFiles[0]?.id;
  const blob = { ContainerName: "released", BlobName: `${id}/1/${file}.json` };
  await buryMessage(world.deps, "webjobs-blobtrigger-poison", "1", blob);
  world.losesEvent = () => false;
  assert.deepEqual(await redrive(world), [`released/${id}/1/${file} sent`]);
  world.mailboxOf(oids.ann).rootId = async () => ({ type: "throttled", retryAfterInMs: 60 * minute });
  await world.drain();
  assert.equal(world.textsIn(oids.bob).length, 3);
  const task = { v: 1, runId: "r", drop: id, gen: 1, mailbox: `${oids.ann}.0`, slice: 0 };
  await buryMessage(world.deps, "mailboxes-poison", "2", task);
  world.queues.clear();
  const mailbox = await redriveDead(world.deps, { queue: "mailboxes" });
  assert.deepEqual(mailbox.map(told), [`mailboxes/${id}/1/${oids.ann}.0 sent`]);
  assert.deepEqual(
    world.queues.all("mailboxes").map(({ slice }) => slice),
    [1],
  );
  world.clock.turn(60_000);
  await buryMessage(world.deps, "fetches-poison", "3", { v: 1, runId: "r", connector: acme });
  assert.deepEqual(await redrive(world, { queue: "fetches" }), [`fetches/${acme} sent`]);
  assert.deepEqual(
    world.queues.all("fetches").map(({ connector }) => connector),
    [acme],
  );
});

test("what has no sense any more is refused, each with its reason, and nothing is sent", async () => {
  const world = await deadChunk();
  const [chunk] = await redriveDead(world.deps, {});
  world.queues.clear();
  await buryMessage(world.deps, "chats-poison", "f", "not ours");
  await buryMessage(world.deps, "fetches-poison", "g", { v: 1, runId: "r", connector: "gone" });
  const other = { v: 1, runId: "r", drop: dropOf(7), gen: 1, p: 0, P: 8 };
  await buryMessage(world.deps, "partitions-poison", "h", other);
  assert.deepEqual(
    (await redrive(world))
      .filter((line) => !line.startsWith("chats/"))
      .map((line) => line.replace(/^foreign\/\w+/, "foreign/x")),
    [
      "fetches/gone refused: There is no connector gone any more.",
      `partitions/${dropOf(7)}/1/0 refused: There is no drop ${dropOf(7)}.`,
      "foreign/x refused: This is no message of this app, so nothing can be done with it.",
    ],
  );
  await world.map(goodMapping);
  await world.runUntilQuiet();
  const closed = await redrive(world, { id: chunk?.id });
  assert.deepEqual(closed, [`${chunk?.id} refused: The drop is closed. To import what is missing, reprocess it.`]);
  await reprocessDrop(world.deps, dropOf(1));
  const passed = await redrive(world, { drop: dropOf(1) });
  assert.deepEqual(passed, [`${chunk?.id} refused: Generation 1 was followed by generation 2.`]);
});

test("work that was done since is refused while the rest of its drop goes on", async () => {
  const world = await deadChunk();
  await world.map(goodMapping);
  world.loses = (queue) => queue === "partitions";
  await redrive(world);
  await world.drain();
  assert.equal((await world.drop(dropOf(1))).state, "routed");
  assert.match((await redrive(world)).join(), /refused: It was done since\./);
});

test("only what is asked for is redriven: a drop's, a queue's, one piece", async () => {
  const world = await deadChunk();
  const id = (await redriveDead(world.deps, {}))[0]?.id;
  assert.equal((await redrive(world, { drop: dropOf(1), queue: "chats", id })).length, 1);
  assert.equal((await redrive(world, { drop: dropOf(11) })).length, 0);
  assert.equal((await redrive(world, { queue: "mailboxes" })).length, 0);
  assert.equal((await redrive(world, { id: `${id}x` })).length, 0);
});

test("whichever call a redriving ends at, asking again imports everything once", async (t) => {
  const whole = await deadChunk();
  await whole.map(goodMapping);
  const { ports } = whole.start();
  await whole.invoke((deps) => redriveDead(deps));
  const calls = ports.calls.length;
  for (let nth = 1; nth <= calls; nth += 1) {
    for (const when of ["before", "after"] as const) {
      const world = await deadChunk();
      await world.map(goodMapping);
      world.start(new FaultyPorts({ nth, when, what: "vanish" }));
      await world.invoke((deps) => redriveDead(deps));
      await redriveDead(world.deps);
      await redriveDead(world.deps);
      await world.drain();
      assert.deepEqual(
        [world.textsIn(oids.ann), world.textsIn(oids.bob)],
        [
          ["a-0", "a-1"],
          ["a-0", "a-1"],
        ],
      );
      for await (const { redrives } of listDead(world.blobs)) assert.ok(redrives >= 2 && redrives <= 3);
    }
  }
  t.diagnostic(`${calls} calls`);
});

test("a drop that was restarted is not held up by what died in the generation before", async () => {
  const world = await deadChunk();
  await world.map(goodMapping);
  await restartDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  const { dead, recovered } = await deadOf(world);
  assert.deepEqual([dead, recovered], [[], []]);
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
});

test("a record of dead work that cannot be read is told of, and keeps no drop from being closed and no other work from being sent", async () => {
  const world = await deadChunk();
  await world.map(goodMapping);
  await world.blobs.create(paths.dead("chats", `${dropOf(1)}/1/edited`), Buffer.from("no JSON"));
  const asked = await redrive(world, { drop: dropOf(1) });
  assert.deepEqual(asked.map((line) => / (sent|refused)/.exec(line)?.[1] ?? "").toSorted(), ["refused", "sent"]);
  await world.runUntilQuiet();
  assert.equal((await world.drop(dropOf(1))).state, "closed");
});
