import assert from "node:assert/strict";
import { test } from "node:test";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import type { SiteQuestion } from "../../support/memory-site.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";

const minute = 60_000;
const one = csvOf([{ id: "one", from: "ann", to: ["bob"] }]);
const two = csvOf([{ id: "two", from: "ann", to: ["bob"] }]);

async function worldWith(files: Readonly<Record<string, Buffer>>): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (const [name, bytes] of Object.entries(files)) world.put(name, bytes);
  return world;
}

/** Does something the first time the site is asked this. */
function once(world: PipelineWorld, asked: SiteQuestion, path: string, act: () => void): void {
  let isDone = false;
  world.siteOf().onAsk = (question, about) => {
    if (isDone || question !== asked || about !== path) return;
    isDone = true;
    act();
  };
}

async function statesOf(world: PipelineWorld, seq = 1): Promise<string[]> {
  const files = await world.files(dropOf(seq));
  return files.map(({ path, state, reason }) => `${path} ${state} ${reason?.code ?? ""}`.trim()).toSorted();
}

test("a file that still grows is left alone and taken half an hour later, not at the next day's schedule", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two.subarray(0, 150) });
  let looks = 0;
  world.siteOf().onAsk = (question) => {
    looks += question === "list" ? 1 : 0;
    if (looks === 2) world.put("two.csv", two, siteMorning + minute);
  };
  await world.runFor(10 * minute);
  assert.deepEqual(world.textsIn(oids.ann), ["one"]);
  await world.runFor(50 * minute);
  assert.deepEqual(world.textsIn(oids.ann), ["one", "two"]);
  assert.equal((await world.drop(dropOf(2))).seq, 2);
});

test("a file that is replaced while it is read is taken as it is afterwards, into the same drop, and nothing of the mixture", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two });
  once(world, "stat", "/out/two.csv", () => world.put("two.csv", csvOf(rowsOf("new", 2)), siteMorning + minute));
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["new-0", "new-1", "one"]);
  assert.deepEqual(await statesOf(world), [
    "/out/one.csv verified",
    "/out/two.csv rejected superseded",
    "/out/two.csv verified",
  ]);
});

test("a file that shrinks or grows under the reader's hands is read again later", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two });
  once(world, "read", "/out/two.csv", () => world.siteOf().put("/out/two.csv", two.subarray(0, 20), siteMorning));
  await world.runFor(10 * minute);
  assert.deepEqual(await statesOf(world), ["/out/one.csv verified", "/out/two.csv incomplete changed-while-read"]);
  world.put("two.csv", two, siteMorning);
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["one", "two"]);
});

test("a file that is deleted between listing and reading is looked for again for a while, then told of; the rest goes on", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two });
  once(world, "read", "/out/two.csv", () => world.siteOf().files.delete("/out/two.csv"));
  await world.runUntilQuiet();
  assert.deepEqual(await statesOf(world), ["/out/one.csv verified", "/out/two.csv rejected gone-from-site"]);
  assert.deepEqual(world.textsIn(oids.ann), ["one"]);
});

test("a file that was gone too long and is there again is fetched after all", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two });
  once(world, "read", "/out/two.csv", () => world.siteOf().files.delete("/out/two.csv"));
  await world.runUntilQuiet();
  world.put("two.csv", two);
  await world.fetch();
  assert.deepEqual(world.textsIn(oids.ann), ["one", "two"]);
  assert.deepEqual(await statesOf(world, 2), ["/out/two.csv verified"]);
  await world.fetch();
  assert.equal(world.siteOf().reads.get("/out/two.csv"), 2);
});

test("one file that may not be read does not keep the others waiting for ever, and comes once it may be read", async () => {
  const world = await worldWith({ "a-secret.csv": one, "two.csv": two });
  world.siteOf().onAsk = (question, path) => {
    if (question === "read" && path.includes("secret")) throw new SiteError("permission-denied");
  };
  await world.runUntilQuiet();
  assert.deepEqual(await statesOf(world), ["/out/a-secret.csv rejected permission-denied", "/out/two.csv verified"]);
  assert.deepEqual(world.textsIn(oids.ann), ["two"]);
  world.siteOf().onAsk = () => undefined;
  await world.fetch();
  assert.deepEqual(world.textsIn(oids.ann), ["one", "two"]);
});

test("a site that fails half way loses nothing: what came goes on to be verified, the rest is fetched later, the drop stays one", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two, "three.csv": csvOf(rowsOf("three", 1)) });
  let isDown = true;
  world.siteOf().onAsk = (question, path) => {
    if (isDown && question === "read" && path !== "/out/one.csv") throw new SiteError("disconnected");
  };
  await world.runFor(20 * minute);
  assert.deepEqual(await statesOf(world), ["/out/one.csv verified", "/out/three.csv listed", "/out/two.csv listed"]);
  assert.deepEqual(world.textsIn(oids.ann), []);
  isDown = false;
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["one", "three-0", "two"]);
  assert.equal((await world.report(dropOf(1))).files.length, 3);
});

test("a site that cannot be used is tried again every half hour, not at every look, and says each time what to do", async () => {
  const world = await worldWith({ "one.csv": one });
  world.siteOf().onAsk = () => {
    throw new SiteError("no-such-folder");
  };
  await world.runFor(3 * 3600_000);
  const failed = world.log.of("connector.fetch-failed");
  assert.ok(failed.length >= 5 && failed.length <= 8, `${failed.length} tries`);
  assert.match(String(failed[0]?.fields["errorMessage"]), /Check the folder/);
  world.siteOf().onAsk = () => undefined;
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["one"]);
});

test("a site that is down while a drop collects is not signed in to at every sweep", async () => {
  const world = await worldWith({ "one.csv": one, "two.csv": two });
  let asked = 0;
  world.siteOf().onAsk = (question, path) => {
    if (question === "list") asked += 1;
    if (question === "read" && path === "/out/two.csv") throw new SiteError("authentication-failed");
  };
  await world.runFor(6 * 3600_000);
  // Twelve by the timer, and a standstill's message every quarter of an hour, tried five times.
  assert.ok(asked <= 2 * (12 + 24 * 5 + 6), `${asked} listings in six hours`);
});

test("a site that is down while a file is waited for is tried once a standstill", async () => {
  const world = await worldWith({ "one.csv": one });
  once(world, "read", "/out/one.csv", () => world.siteOf().files.delete("/out/one.csv"));
  await world.runFor(10 * minute);
  assert.deepEqual(await statesOf(world), ["/out/one.csv incomplete gone-from-site"]);
  let sent = 0;
  world.loses = (queue) => {
    if (queue === "fetches") sent += 1;
    return false;
  };
  const { deps } = world.process;
  Object.assign(deps, { incompleteTries: 100, openSite: () => Promise.reject(new SiteError("authentication-failed")) });
  await world.runFor(6 * 3600_000);
  assert.ok(sent > 10 && sent <= 2 * 24 + 2, `${sent} messages in six hours`);
});

test("a new day's file under the old name does not take the place of one that came whole and could not be verified yet", async () => {
  const world = await worldWith({ "daily.csv": one });
  const broken = { ...connectorOf(), encryption: { type: "pgp" as const, keys: [1], signers: [] } };
  await world.save(broken);
  await world.runFor(10 * minute);
  assert.deepEqual(await statesOf(world), ["/out/daily.csv fetched"]);
  world.put("daily.csv", two, siteMorning + 24 * 3600_000);
  await world.save(connectorOf());
  await world.fetch();
  assert.deepEqual(world.textsIn(oids.ann), ["one", "two"]);
});

test("the same file is never read twice, however often the site is listed", async () => {
  const world = await worldWith({ "one.csv": one });
  await world.runUntilQuiet();
  await world.fetch();
  await world.runFor(3 * 24 * 3600_000);
  assert.equal(world.siteOf().reads.get("/out/one.csv"), 1);
  assert.deepEqual(world.textsIn(oids.ann), ["one"]);
});

test("a paused connector fetches nothing, and is fetched again when it goes on", async () => {
  const world = await worldWith({ "one.csv": one });
  await world.save(connectorOf({ isPaused: true }));
  await world.runFor(3600_000);
  assert.equal(world.siteOf().reads.size, 0);
  await world.save(connectorOf());
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["one"]);
});
