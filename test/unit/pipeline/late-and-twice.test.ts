import assert from "node:assert/strict";
import { test } from "node:test";
import { advanceDrop } from "../../../shared/pipeline/advance-drop.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";
import { fetchConnector } from "../../../shared/pipeline/fetch-connector.ts";
import { fileState } from "../../../shared/pipeline/file-state.ts";
import { gatherMailboxes } from "../../../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../../../shared/pipeline/map-chats.ts";
import { openDropFile } from "../../../shared/pipeline/open-drop-file.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { parseTicketPath } from "../../../shared/pipeline/ticket-path.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { QueueName, Task } from "../../../shared/store/queues.ts";
import { putDocument, updateDocument } from "../../../shared/store/state-document.ts";
import { acme, connectorOf, dropOf, PipelineWorld, queueNames } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";

const minute = 60_000;

async function worldWith(files: Readonly<Record<string, Buffer>>): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (const [name, bytes] of Object.entries(files)) world.put(name, bytes);
  return world;
}

async function drainBy<Q extends QueueName>(
  { queues }: PipelineWorld,
  queue: Q,
  work: (task: Task<Q>) => Promise<unknown>,
): Promise<void> {
  for (let taken = queues.take(queue); taken !== undefined; taken = queues.take(queue)) {
    await work(taken.task);
    taken.acknowledge();
  }
}

test("the same content under another name is not counted again, on the same day and later", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 2)), "b.csv": csvOf(rowsOf("a", 2)) });
  await world.runUntilQuiet();
  world.put("c.csv", csvOf(rowsOf("a", 2)), siteMorning + 24 * 60 * minute);
  await world.fetch();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
  const first = await world.report(dropOf(1));
  assert.deepEqual(
    first.files.map(({ state }) => state),
    ["verified", "duplicate"],
  );
  const second = await world.report(dropOf(1, "2026-06-05"));
  assert.deepEqual([second.items, second.files[0]?.state], [0, "duplicate"]);
  assert.match(second.files[0]?.reason?.message ?? "", new RegExp(dropOf(1)));
});

test("a file that overlaps an earlier one imports only what is new; the rest is skipped with a pointer", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 2)) });
  await world.runUntilQuiet();
  world.put("longer.csv", csvOf(rowsOf("a", 5)), siteMorning + minute);
  await world.fetch();
  assert.equal(world.textsIn(oids.bob).length, 5);
  const { equation } = await world.report(dropOf(2));
  assert.deepEqual(equation, { available: 10, imported: 6, partial: 0, skipped: 4, failed: 0 });
});

test("the same content is counted when the file that had it first was put aside since", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 1)) });
  await world.runUntilQuiet();
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  const path = paths.file(file.connector, file.siteDay, file.id);
  await updateDocument(world.blobs, path, fileState, (now) => ({ ...now, state: "rejected" as const }), {
    writer: "test",
  });
  world.put("b.csv", csvOf(rowsOf("a", 1)), siteMorning + minute);
  await world.fetch();
  assert.equal((await world.report(dropOf(2))).files[0]?.state, "verified");
  assert.deepEqual(world.textsIn(oids.ann), ["a-0"]);
});

test("late arrivals of a site day get the next seq each time, whatever has become of the drops before", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 1)) });
  await world.runUntilQuiet();
  world.put("bad.csv", "nothing", siteMorning + minute);
  await world.fetch();
  await reprocessDrop(world.deps, dropOf(1));
  world.put("c.csv", csvOf(rowsOf("c", 1)), siteMorning + 2 * minute);
  await world.fetch();
  assert.deepEqual(
    (await world.files(dropOf(3))).map(({ path }) => path),
    ["/out/c.csv"],
  );
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "c-0"]);
});

test("every message and blob event twice, late and out of order changes nothing", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 600)), "b.csv": csvOf(rowsOf("b", 2)) });
  const sent: { queue: QueueName; task: Task<QueueName> }[] = [];
  world.loses = (queue, task) => {
    sent.push({ queue, task });
    return false;
  };
  await world.runUntilQuiet();
  const report = await world.report(dropOf(1));
  const before = world.textsIn(oids.ann);
  const tickets = world.blobs.all().filter((path) => path.startsWith("released/"));
  for (const { queue, task } of [...sent].reverse()) await world.queues.send(queue, task);
  for (const ticket of tickets) await openDropFile(world.deps, parseTicketPath(ticket));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), before);
  assert.deepEqual(await world.report(dropOf(1)), report);
  assert.deepEqual(world.errors, []);
});

test("messages that come twice while the drop is under way change nothing either", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 600)), "b.csv": csvOf(rowsOf("b", 2)) });
  const twice = new Set<string>();
  world.loses = (queue, task) => {
    const name = `${queue} ${JSON.stringify(task)}`;
    if (twice.has(name)) return false;
    twice.add(name);
    void world.queues.send(queue, task, 3 * minute);
    return false;
  };
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 602);
  assert.equal(new Set(world.textsIn(oids.ann)).size, 602);
  assert.deepEqual((await world.report(dropOf(1))).imbalances, []);
});

test("messages of an older generation do nothing to a newer one", async () => {
  const world = await worldWith({ "a.csv": csvOf([{ id: "a", from: "ann", to: ["bob", "cid"] }]) });
  await world.runUntilQuiet();
  await world.map("ImId,Mailbox\r\ncid,cid.internal@acme.example\r\n");
  world.loses = (queue) => queue === "mailboxes";
  await reprocessDrop(world.deps, dropOf(1));
  await world.runFor(5 * minute);
  assert.equal((await world.drop(dropOf(1))).state, "importing");
  const [file] = (await world.drop(dropOf(1))).chatFiles;
  assert.ok(file !== undefined);
  const old = { v: 1 as const, runId: "old", drop: dropOf(1), gen: 1 };
  const stored = () => [world.blobs.all(), queueNames.map((queue) => world.queues.count(queue))];
  const before = stored();
  world.loses = () => false;
  await openDropFile(world.deps, { drop: dropOf(1), gen: 1, file: file.id });
  await mapChats(world.deps, { ...old, file: file.id, chunk: 0 });
  for (let p = 0; p < 8; p += 1) await gatherMailboxes(world.deps, { ...old, p, P: 8 });
  assert.deepEqual(stored(), before);
  await world.runUntilQuiet();
  const { equation } = await world.report(dropOf(1), 2);
  assert.deepEqual(equation, { available: 3, imported: 1, partial: 0, skipped: 2, failed: 0 });
});

test("a ticket's event that comes when all is routed, or before the drop is released, does nothing", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 2)) });
  world.loses = (queue) => queue === "mailboxes";
  await world.runFor(5 * minute);
  const drop = await world.drop(dropOf(1));
  const [file] = drop.chatFiles;
  assert.ok(file !== undefined);
  world.loses = () => false;
  await openDropFile(world.deps, { drop: dropOf(1), gen: 1, file: file.id });
  await putDocument(world.blobs, paths.open(dropOf(1)), dropState, () => ({ ...drop, state: "held" as const }), {
    writer: "test",
  });
  await openDropFile(world.deps, { drop: dropOf(1), gen: 1, file: file.id });
  assert.equal(world.queues.count("chats"), 0);
});

test("a ticket of an older generation sends nothing of a newer one", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 2)) });
  await world.runUntilQuiet();
  world.loses = (queue) => queue === "chats";
  await reprocessDrop(world.deps, dropOf(1));
  await world.runFor(5 * minute);
  const { state, chatFiles } = await world.drop(dropOf(1));
  assert.equal(state, "sealed");
  world.loses = () => false;
  for (const { id: file } of chatFiles) await openDropFile(world.deps, { drop: dropOf(1), gen: 1, file });
  assert.equal(world.queues.count("chats"), 0);
});

test("a file whose drop was decided while the file was being listed goes to the next seq", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 1)), "cut.xml": Buffer.from("<FileDump><Conversation>") });
  await world.runFor(10 * minute);
  assert.equal((await world.drop(dropOf(1))).state, "collecting");
  world.put("late.csv", csvOf(rowsOf("late", 1)), siteMorning + minute);
  const [, cut] = await world.files(dropOf(1));
  assert.ok(cut !== undefined);
  const { deps } = world.start();
  const create = deps.blobs.create.bind(deps.blobs);
  // The other process: it gives the cut file up and decides the gate at the very moment at which the new file is recorded.
  const decide = async (): Promise<void> => {
    await updateDocument(
      world.blobs,
      paths.file(cut.connector, cut.siteDay, cut.id),
      fileState,
      (now) => ({ ...now, state: "rejected" as const }),
      { writer: "other" },
    );
    await advanceDrop({ ...deps, blobs: world.blobs }, dropOf(1));
  };
  let isDecided = false;
  const blobs = new Proxy(deps.blobs, {
    get: (target, key) => {
      if (key !== "create") return Reflect.get(target, key);
      return async (...args: Parameters<typeof create>) => {
        const created = await create(...args);
        if (!isDecided && args[0].startsWith("state/file/")) await decide();
        isDecided ||= args[0].startsWith("state/file/");
        return created;
      };
    },
  });
  await fetchConnector({ ...deps, blobs }, acme);
  assert.ok(isDecided);
  await world.runUntilQuiet();
  assert.deepEqual(
    (await world.files(dropOf(2))).map(({ path, state }) => [path, state]),
    [["/out/late.csv", "verified"]],
  );
  assert.equal((await world.files(dropOf(1))).length, 2);
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "late-0"]);
});

test("two processes that take the same work at the same moment, again and again, double and lose nothing", async () => {
  const world = await worldWith({ "a.csv": csvOf(rowsOf("a", 20)), "b.csv": csvOf(rowsOf("b", 2)) });
  const [one, two] = [world.start().deps, world.start().deps];
  await Promise.all([fetchConnector(one, acme), fetchConnector(two, acme)]);
  const tickets = world.blobs.all().filter((path) => path.startsWith("released/"));
  await Promise.all(tickets.flatMap((path) => [one, two].map((deps) => openDropFile(deps, parseTicketPath(path)))));
  await drainBy(world, "chats", (task) => Promise.all([mapChats(one, task), mapChats(two, task)]));
  await drainBy(world, "partitions", (task) => Promise.all([gatherMailboxes(one, task), gatherMailboxes(two, task)]));
  await drainBy(world, "mailboxes", (task) =>
    Promise.all([importMailbox(one.import, task), importMailbox(two.import, task)]),
  );
  await world.runUntilQuiet();
  assert.equal(world.textsIn(oids.ann).length, 22);
  assert.equal(new Set(world.textsIn(oids.ann)).size, 22);
  assert.equal((await world.report(dropOf(1))).isBalanced, true);
});
