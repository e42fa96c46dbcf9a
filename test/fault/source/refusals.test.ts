import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { SiteError, type SiteReason } from "../../../shared/fetch/site-error.ts";
import { forgetRefusal } from "../../../shared/pipeline/fetch-due.ts";
import { readFetchRecord } from "../../../shared/pipeline/fetch-record.ts";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf } from "../../support/small-drop.ts";

const minute = 60_000;
const hour = 60 * minute;

/** A world whose site can be made to refuse; `signIns` are the times at which somebody signed in. */
async function worldThatRefuses(): Promise<{
  world: PipelineWorld;
  signIns: number[];
  refuse: (error?: Error) => void;
}> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 2)));
  const { deps } = world;
  const { openSite } = deps;
  const signIns: number[] = [];
  let refusal: Error | undefined;
  Object.assign(deps, {
    openSite: (...given: Parameters<typeof openSite>) => {
      signIns.push(world.clock.now());
      return refusal === undefined ? openSite(...given) : Promise.reject(refusal);
    },
  });
  return { world, signIns, refuse: (error) => (refusal = error) };
}

/** The most sign-ins within any hour. */
function mostAnHour(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + hour).length));
}

async function ask(world: PipelineWorld): Promise<void> {
  await world.queues.send("fetches", { v: 1, runId: "by-hand", connector: acme });
}

async function signInsOf(t: TestContext, reason: SiteReason): Promise<number> {
  const { world, signIns, refuse } = await worldThatRefuses();
  refuse(new SiteError(reason));
  for (let asked = 0; asked < 24; asked += 1) {
    await ask(world);
    await world.runFor(15 * minute);
  }
  const most = mostAnHour(signIns);
  t.diagnostic(
    `${reason}: ${signIns.length} sign-ins in 6 hours, at most ${most} an hour; ${world.errors.length} thrown`,
  );
  assert.deepEqual(world.errors, []);
  assert.deepEqual(
    world.blobs.all().filter((path) => path.startsWith("state/dead/")),
    [],
  );
  return most;
}

for (const reason of ["authentication-failed", "host-key-changed", "silent", "no-such-folder"] as const) {
  test(`a site that refuses (${reason}) is asked twice an hour, however often somebody asks`, async (t) => {
    assert.ok((await signInsOf(t, reason)) <= 2);
  });
}

test("a refusal says what to do and when it is tried again, and the next good fetch takes it away", async () => {
  const { world, refuse } = await worldThatRefuses();
  refuse(new SiteError("authentication-failed"));
  await ask(world);
  await world.drain();
  const record = await readFetchRecord(world.blobs, acme);
  assert.deepEqual(record?.refused, { reason: "authentication-failed", until: world.clock.now() + 30 * minute });
  const [line] = world.log.of("connector.fetch-failed");
  assert.match(String(line?.fields["errorMessage"]), /Check the user name/);
  refuse();
  await world.runUntilQuiet();
  assert.equal((await readFetchRecord(world.blobs, acme))?.refused, undefined);
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
});

test("an admin who has changed the password need not wait", async () => {
  const { world, refuse } = await worldThatRefuses();
  refuse(new SiteError("authentication-failed"));
  await ask(world);
  await world.drain();
  refuse();
  await ask(world);
  await world.drain();
  assert.deepEqual(world.textsIn(oids.ann), []);
  await forgetRefusal(world.deps, acme);
  await ask(world);
  await world.drain();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "a-1"]);
});

test("what needs no site goes on while the site refuses: a drop is reprocessed from its evidence", async () => {
  const { world, refuse } = await worldThatRefuses();
  await world.runUntilQuiet();
  refuse(new SiteError("authentication-failed"));
  await ask(world);
  await world.drain();
  const plaintext = world.blobs.all().filter((path) => path.startsWith("drops/"));
  for (const path of plaintext) await world.blobs.remove(path);
  assert.equal((await reprocessDrop(world.deps, dropOf(1))).outcome, "started");
  await world.drain();
  await world.runFor(10 * minute);
  assert.equal((await world.report(dropOf(1), 2)).equation.skipped, 4);
  assert.equal(world.log.of("connector.fetched").at(-1)?.fields["outcome"], "spared");
});

test("a surprise is thrown, so that the queue tries again and in the end keeps the message", async () => {
  const { world, signIns, refuse } = await worldThatRefuses();
  await world.runUntilQuiet();
  const before = signIns.length;
  refuse(new Error("the vault is away"));
  await ask(world);
  await world.runFor(10 * minute);
  assert.equal(signIns.length - before, 5);
  assert.equal(world.blobs.all().filter((path) => path.startsWith("state/dead/")).length, 1);
});

test("a surprise beside a refusal does not make the site be asked again at once", async () => {
  const { world, signIns, refuse } = await worldThatRefuses();
  await world.runUntilQuiet();
  assert.equal((await reprocessDrop(world.deps, dropOf(1))).outcome, "started");
  world.queues.clear();
  await world.blobs.remove(`state/open/${dropOf(1)}`);
  await world.blobs.create(`state/open/${dropOf(1)}`, Buffer.from("no drop"));
  const before = signIns.length;
  refuse(new SiteError("authentication-failed"));
  await ask(world);
  await world.runFor(10 * minute);
  assert.ok(world.errors.length >= 5, "the broken drop's record is told of at each try");
  assert.equal(signIns.length - before, 1);
});

test("a connector with a surprise keeps no other from its turn, even when there is one lane, and is told of", async () => {
  const world = new PipelineWorld();
  const [first, second] = ["a-first", "b-second"].map((name) => connectorName.parse(name));
  assert.ok(first !== undefined && second !== undefined);
  await world.save(connectorOf({ name: second }));
  await world.blobs.create(`state/connector/${first}`, Buffer.from("no connector"));
  world.siteOf(second).put("/out/b.csv", csvOf(rowsOf("b", 1)), world.clock.now());
  Object.assign(world.deps, { atOnce: 1 });
  await world.runFor(10 * minute);
  assert.deepEqual(world.textsIn(oids.ann), ["b-0"]);
  assert.ok(world.errors[0] instanceof AggregateError);
});

test("a connector whose site refuses keeps no other from its turn, even when there is one lane", async () => {
  const world = new PipelineWorld();
  for (const name of ["a-first", "b-second", "c-third"]) {
    const parsed = connectorName.parse(name);
    await world.save(connectorOf({ name: parsed }));
    world.siteOf(parsed).put(`/out/${name}.csv`, csvOf(rowsOf(name, 1)), world.clock.now());
  }
  Object.assign(world.deps, { atOnce: 1 });
  world.siteOf(connectorName.parse("a-first")).onAsk = () => {
    throw new SiteError("silent");
  };
  await world.runFor(20 * minute);
  assert.deepEqual(world.textsIn(oids.ann), ["b-second-0", "c-third-0"]);
  assert.deepEqual(world.errors, []);
});
