import assert from "node:assert/strict";
import { test } from "node:test";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../../../shared/pipeline/map-chats.ts";
import { openDropFile } from "../../../shared/pipeline/open-drop-file.ts";
import { restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { QueueName, Task } from "../../../shared/store/queues.ts";
import { acme, connectorOf, dropOf, PipelineWorld, queueNames } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const aDayInMs = 24 * 3600_000;
/** Where the new generation stands when the old one's work comes. */
const moments = ["collecting", "released", "sealed", "routed", "importing", "closed", "cleaned"] as const;
type Moment = (typeof moments)[number];

/** The messages of a generation that was given up, and a world that can go on without them. */
interface GivenUp {
  readonly world: PipelineWorld;
  readonly old: readonly { readonly queue: QueueName; readonly task: Task<QueueName> }[];
}

/**
 * A drop whose first generation has sent all of its messages and imported nothing, was given up for a wrong mapping, and
 * whose second one has come to `moment`.
 */
async function giveUp(moment: Moment): Promise<GivenUp> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  await world.map("ImId,Mailbox\r\nbob,ann@acme.example\r\n");
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  const fetch: Task<"fetches"> = { v: 1, runId: `${dropOf(1)}/1`, connector: acme };
  const old: { queue: QueueName; task: Task<QueueName> }[] = [{ queue: "fetches", task: fetch }];
  world.loses = (queue, task) => {
    old.push({ queue, task });
    return queue === "mailboxes";
  };
  await world.runFor(10 * minute);
  assert.equal((await world.drop(dropOf(1))).state, "importing");
  await world.map("ImId,Mailbox\r\nbob,bob@acme.example\r\n");
  const lost: Record<Moment, readonly QueueName[]> = {
    collecting: queueNames,
    released: ["chats", "partitions", "mailboxes"],
    sealed: ["chats"],
    routed: ["partitions"],
    importing: ["mailboxes"],
    closed: [],
    cleaned: [],
  };
  world.loses = (queue) => lost[moment].includes(queue);
  world.losesEvent = () => moment === "released";
  if (moment === "collecting") {
    // The new generation's process ends before anything is verified again.
    world.loses = () => true;
    await restartDrop(world.deps, dropOf(1));
  } else {
    await restartDrop(world.deps, dropOf(1));
    if (moment === "closed" || moment === "cleaned") await world.runUntilQuiet();
    else await world.runFor(5 * minute);
  }
  if (moment === "cleaned") {
    world.clock.turn(8 * aDayInMs);
    await world.tick();
  }
  const drop = await world.drop(dropOf(1));
  assert.deepEqual([drop.gen, drop.isCleaned ? "cleaned" : drop.state], [2, moment]);
  world.loses = () => false;
  world.losesEvent = () => false;
  return { world, old };
}

for (const moment of moments) {
  for (const queue of queueNames) {
    test(`a message of ${queue} of a given-up generation is acknowledged quietly when the new one is ${moment}`, async () => {
      const { world, old } = await giveUp(moment);
      const before = { blobs: world.blobs.all(), texts: world.textsIn(oids.ann) };
      const tasks = old.filter((one) => one.queue === queue);
      assert.ok(tasks.length > 0);
      world.queues.clear();
      for (const { task } of tasks) await world.queues.send(queue, task);
      for (let taken = 0; taken < tasks.length; taken += 1) assert.ok(await world.takeFrom(queue));
      assert.equal(world.queues.count(queue), 0);
      assert.deepEqual(world.errors, []);
      assert.deepEqual(world.textsIn(oids.ann), before.texts);
      // A fetch is no generation's: whichever comes takes up what there is to do.
      if (queue !== "fetches") assert.deepEqual(world.blobs.all(), before.blobs);
      await world.runUntilQuiet();
      assert.deepEqual(
        [world.textsIn(oids.ann), world.textsIn(oids.bob)],
        [
          ...[
            ["a-0", "a-1", "a-2"],
            ["a-0", "a-1", "a-2"],
          ],
        ],
      );
    });
  }

  test(`a blob event of a given-up generation does nothing when the new one is ${moment}`, async () => {
    const { world } = await giveUp(moment);
    const [path] = world.blobs.all().filter((one) => one.startsWith(paths.tickets(dropOf(1), 1)));
    assert.ok(path !== undefined);
    const before = [world.blobs.all(), queueNames.map((queue) => world.queues.count(queue))];
    const file = path.slice(path.lastIndexOf("/") + 1, -".json".length);
    const [known] = (await world.files(dropOf(1))).flatMap(({ id }) => (id === file ? [id] : []));
    assert.ok(known !== undefined);
    await openDropFile(world.deps, { drop: dropOf(1), gen: 1, file: known });
    assert.deepEqual([world.blobs.all(), queueNames.map((queue) => world.queues.count(queue))], before);
  });
}

test("a chunk that a restart takes away under a worker's hands fails it once, and its message is out of date when it comes again", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 3)));
  world.loses = (queue) => queue === "chats";
  await world.runFor(5 * minute);
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.ok(file !== undefined);
  world.loses = () => false;
  let isRestarted = false;
  const blobs = new Proxy(world.blobs, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (key !== "read") return member.bind(target);
      return async (...args: Parameters<typeof target.read>) => {
        if (args[0].startsWith("chats/") && !isRestarted) {
          isRestarted = true;
          await restartDrop(world.deps, dropOf(1));
        }
        return await target.read(...args);
      };
    },
  });
  const task = { v: 1 as const, runId: "r", drop: dropOf(1), gen: 1, file: file.id, chunk: 0 };
  await assert.rejects(mapChats({ ...world.deps, blobs }, task), /Chunk 0 .* is missing/);
  await mapChats({ ...world.deps, blobs }, task);
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1", "a-2"]);
});

test("a given-up generation's mailbox message says that it is out of date, also where its run was never made", async () => {
  const { world, old } = await giveUp("importing");
  for (const { task } of old.filter(({ queue }) => queue === "mailboxes")) {
    if (!("mailbox" in task)) continue;
    assert.deepEqual(await importMailbox(world.deps.import, task), { outcome: "out-of-date" });
    await world.blobs.remove(paths.run(task.drop, task.gen, task.mailbox));
    assert.deepEqual(await importMailbox(world.deps.import, task), { outcome: "out-of-date" });
  }
});
