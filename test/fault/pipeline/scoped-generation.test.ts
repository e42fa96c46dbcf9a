import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReprocessScope } from "../../../shared/chat/drop-scope.ts";
import { toMailboxId } from "../../../shared/chat/identifiers.ts";
import { listMisrouted, type Misrouted } from "../../../shared/pipeline/misrouted.ts";
import { reprocessDrop, restartDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { keyOfItem } from "../../support/read-index.ts";
import { oids } from "../../support/small-drop.ts";
import { beginDrop, forEach, mailboxesOf, numbersOf, type Outcome, outcomeOf } from "./a-drop.ts";

const aDayInMs = 24 * 3600_000;

/**
 * A closed drop of which bob's mailbox, refusing the app, has nothing; whose plaintext is deleted and whose site is empty.
 * Now bob's mailbox is mended, and eve's chats, which ann was sent for her, are cid's.
 */
async function beginMended(): Promise<PipelineWorld> {
  const world = await beginDrop();
  await world.map("ImId,Mailbox\r\neve,ann@acme.example\r\n");
  const bob = world.mailboxOf(oids.bob);
  bob.rootId = async () => ({ type: "blocked", reason: "no-mailbox", code: "MailboxNotEnabledForRESTAPI" });
  await world.runUntilQuiet();
  Reflect.deleteProperty(bob, "rootId");
  world.clock.turn(8 * aDayInMs);
  await world.tick();
  world.siteOf().files.clear();
  await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
  return world;
}

/** Asks until the generation is begun, as an operator does whose command line shows an error, and waits for its end. */
async function reprocess(
  world: PipelineWorld,
  scope: ReprocessScope,
  ...faults: readonly PortFault[]
): Promise<Outcome & { readonly misrouted: readonly Misrouted[] }> {
  world.start(new FaultyPorts(...faults));
  for (let tries = 0; tries < 3 && (await world.drop(dropOf(1))).gen === 1; tries += 1) {
    await world.invoke((deps) => reprocessDrop(deps, dropOf(1), scope));
    await world.tick();
  }
  await world.runUntilQuiet(aDayInMs);
  return await told(world, 2);
}

async function told(
  world: PipelineWorld,
  gen: number,
): Promise<Outcome & { readonly misrouted: readonly Misrouted[] }> {
  const misrouted: Misrouted[] = [];
  const { scope } = await world.drop(dropOf(1));
  for await (const one of listMisrouted(world.blobs, dropOf(1), gen, scope)) misrouted.push(one);
  return { ...(await outcomeOf(world, gen)), misrouted };
}

async function fileOf(world: PipelineWorld, name: string) {
  const found = (await world.files(dropOf(1))).find(({ path }) => path === `/out/${name}`);
  assert.ok(found !== undefined);
  return found.id;
}

const before = { ann: ["hello", "noted", "reply", "unheard"], bob: [], cid: [] };

/** What each scope brings, and how many of eve's chats it finds with ann. */
const scopes: Record<
  string,
  { of: (world: PipelineWorld) => Promise<ReprocessScope>; brings: Partial<Outcome["mailboxes"]>; misrouted: number }
> = {
  "a file": {
    of: async (world) => ({ type: "files", files: [await fileOf(world, "one.csv")] }),
    brings: { bob: ["hello", "noted"], cid: ["hello", "unheard"] },
    misrouted: 1,
  },
  "a mailbox": {
    of: async () => ({ type: "mailboxes", mailboxes: [toMailboxId(oids.bob, 0)] }),
    brings: { bob: ["hello", "noted", "reply"] },
    misrouted: 0,
  },
  "an item": {
    of: async (world) => ({
      type: "items",
      keys: [await keyOfItem(world.blobs, dropOf(1), 1, await fileOf(world, "one.csv"))],
    }),
    brings: { cid: ["unheard"] },
    misrouted: 1,
  },
};

for (const [what, { of, brings, misrouted }] of Object.entries(scopes)) {
  test(`reprocessing ${what} imports just what is missing of it, whichever call ends the process`, async (t) => {
    const whole = await beginMended();
    const expected = await reprocess(whole, await of(whole));
    assert.deepEqual(expected.mailboxes, { ...before, ...brings });
    assert.deepEqual([expected.report.isBalanced, expected.misrouted.length], [true, misrouted]);
    const calls = whole.process.ports.calls.length;
    let deaths = 0;
    await forEach(numbersOf(calls, 31), async (nth) => {
      for (const when of ["before", "after"] as const) {
        const world = await beginMended();
        assert.deepEqual(await reprocess(world, await of(world), { nth, when, what: "vanish" }), expected);
        deaths += 1;
      }
    });
    t.diagnostic(`${calls} calls, ${deaths} deaths, 0 lost, 0 double`);
  });
}

/** A drop that is being imported by a wrong mapping: ann has some of eve's chats, bob nothing yet. */
async function beginWrong(): Promise<PipelineWorld> {
  const world = await beginDrop();
  await world.map("ImId,Mailbox\r\neve,ann@acme.example\r\n");
  world.loses = (queue, task) => queue === "mailboxes" && "mailbox" in task && task.mailbox.startsWith(oids.bob);
  await world.runFor(30 * 60_000);
  world.loses = () => false;
  assert.equal((await world.drop(dropOf(1))).state, "importing");
  await world.map("ImId,Mailbox\r\neve,cid.internal@acme.example\r\n");
  return world;
}

async function restart(world: PipelineWorld, ...faults: readonly PortFault[]): Promise<void> {
  world.start(new FaultyPorts(...faults));
  for (let tries = 0; tries < 3 && (await world.drop(dropOf(1))).gen === 1; tries += 1) {
    await world.invoke((deps) => restartDrop(deps, dropOf(1)));
    await world.tick();
  }
  await world.runUntilQuiet(aDayInMs);
}

test("a drop that is restarted by a mended mapping imports the rest by it, and tells what went wrong before, whichever call ends the process", async (t) => {
  const whole = await beginWrong();
  await restart(whole);
  const expected = await told(whole, 2);
  assert.deepEqual(expected.mailboxes, { ...before, bob: ["hello", "noted", "reply"], cid: ["hello", "unheard"] });
  assert.deepEqual(expected.misrouted.length, 1);
  const calls = whole.process.ports.calls.length;
  let deaths = 0;
  await forEach(numbersOf(calls, 31), async (nth) => {
    for (const when of ["before", "after"] as const) {
      const world = await beginWrong();
      await restart(world, { nth, when, what: "vanish" });
      assert.deepEqual(await told(world, 2), expected);
      deaths += 1;
    }
  });
  t.diagnostic(`${calls} calls, ${deaths} deaths, 0 lost, 0 double`);
});

test("after scopes of every kind, one behind the other, the whole drop has everything once", async () => {
  const world = await beginMended();
  for (const [gen, { of }] of Object.values(scopes).entries()) {
    assert.equal((await reprocessDrop(world.deps, dropOf(1), await of(world))).outcome, "started");
    await world.runUntilQuiet(aDayInMs);
    assert.equal((await world.report(dropOf(1), gen + 2)).isBalanced, true);
  }
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet(aDayInMs);
  assert.deepEqual(mailboxesOf(world), { ...before, bob: ["hello", "noted", "reply"], cid: ["hello", "unheard"] });
  const { equation, imbalances } = await world.report(dropOf(1), 5);
  assert.deepEqual([equation.imported, equation.failed, imbalances], [0, 0, []]);
});
