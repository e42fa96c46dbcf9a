import assert from "node:assert/strict";
import { test } from "node:test";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { fetchConnector } from "../../../shared/pipeline/fetch-connector.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import type { SiteQuestion } from "../../support/memory-site.ts";
import { acme, dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";
import { numbersOf } from "../pipeline/a-drop.ts";
import { endsOf, saidIn, worldOf } from "./deliveries.ts";

const minute = 60_000;
const hour = 60 * minute;

function csv(word: string, count = 1): Buffer {
  return csvOf(rowsOf(word, count));
}

/** Does something at the n-th question of a kind. */
function at(world: PipelineWorld, asked: SiteQuestion, nth: number, act: () => void): void {
  let count = 0;
  world.siteOf().onAsk = (question) => {
    if (question !== asked) return;
    count += 1;
    if (count === nth) act();
  };
}

/** Every time a folder is listed, before the answer. */
function atEachListing(world: PipelineWorld, act: (nth: number) => void): void {
  let count = 0;
  world.siteOf().onAsk = (question) => {
    if (question !== "list") return;
    count += 1;
    act(count);
  };
}

function rename(world: PipelineWorld, from: string, to: string): void {
  const { files } = world.siteOf();
  const file = files.get(from);
  if (file === undefined) return;
  files.delete(from);
  files.set(to, file);
}

test("a file that is renamed between listing and download comes under its new name, once; the old name is told of", async () => {
  const world = await worldOf();
  world.put("a.csv", csv("a", 2));
  world.put("b.csv", csv("b"));
  at(world, "read", 1, () => rename(world, "/out/a.csv", "/out/a-final.csv"));
  await world.runUntilQuiet();
  assert.deepEqual(await endsOf(world), ["a-final.csv verified", "a.csv rejected gone-from-site", "b.csv verified"]);
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1", "b-0"]);
});

test("a file that is renamed after it came is a duplicate under its new name", async () => {
  const world = await worldOf();
  world.put("a.csv", csv("a", 2));
  await world.runUntilQuiet();
  rename(world, "/out/a.csv", "/out/done-a.csv");
  await world.fetch();
  assert.deepEqual(await endsOf(world, 2), ["done-a.csv duplicate duplicate"]);
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1"]);
});

test("files that come or go between the two looks: the new ones wait for the next fetch, the gone ones are nobody's", async () => {
  const world = await worldOf();
  world.put("stays.csv", csv("stays"));
  world.put("goes.csv", csv("goes"));
  atEachListing(world, (nth) => {
    if (nth !== 2) return;
    world.siteOf().files.delete("/out/goes.csv");
    world.put("comes.csv", csv("comes"), siteMorning + minute);
  });
  await world.runFor(10 * minute);
  assert.deepEqual(saidIn(world, oids.ann), ["stays-0"]);
  await world.runFor(hour);
  assert.deepEqual(saidIn(world, oids.ann), ["comes-0", "stays-0"]);
});

test("a site that tells another mtime at each look: its files come, once, and each later listing is a duplicate", async (t) => {
  const world = await worldOf();
  let now = siteMorning;
  atEachListing(world, () => {
    now += 30_000;
    world.put("a.csv", csv("a", 2), now);
    world.put("b.csv", csv("b"), now);
  });
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1", "b-0"]);
  assert.deepEqual(await endsOf(world), ["a.csv verified", "b.csv verified"]);
  await world.runFor(3 * 24 * hour);
  const drops = world.blobs.all().filter((path) => path.startsWith("state/closed/"));
  t.diagnostic(`${drops.length} drops in 3 days, each item once`);
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1", "b-0"]);
  assert.ok(drops.length <= 5, `${drops.length} drops`);
});

test("of such a site a file is not taken while its bytes change, be its size the same", async () => {
  const world = await worldOf();
  let [now, reads] = [siteMorning, 0];
  const versions = ["one", "two", "six"];
  world.siteOf().onAsk = (question) => {
    now += 1000;
    if (question === "read") reads += 1;
    const version = versions[Math.min(reads, 2)] ?? "";
    if (question !== "stat") world.put("a.csv", csv(version, 1), now);
  };
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), ["six-0"]);
  const ends = await endsOf(world);
  assert.equal(ends.filter((end) => end === "a.csv verified").length, 1);
});

test("a third look is taken only where a file seems to change, and one that settles by then is taken", async () => {
  const world = await worldOf();
  world.put("a.csv", csv("a"));
  let looks = 0;
  atEachListing(world, (nth) => {
    looks = nth;
  });
  await world.runUntilQuiet();
  assert.equal(looks, 2);
  world.put("b.csv", csv("b"), siteMorning + minute);
  atEachListing(world, (nth) => {
    looks = nth;
    if (nth === 2) world.put("b.csv", csv("c"), siteMorning + 2 * minute);
  });
  await world.fetch();
  assert.equal(looks, 3);
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "c-0"]);
});

test("times of 1970 and of 2106 are days like any other", async () => {
  const world = await worldOf();
  world.put("epoch.csv", csv("epoch"), 0);
  world.put("future.csv", csv("future"), 4_294_967_295_000);
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), ["epoch-0", "future-0"]);
  assert.deepEqual(await endsOf(world, 1, "1970-01-01"), ["epoch.csv verified"]);
  assert.deepEqual(await endsOf(world, 1, "2106-02-07"), ["future.csv verified"]);
});

test("an empty file is told of although the site's clock is a century ahead", async () => {
  const world = await worldOf();
  world.put("empty.csv", "", 4_294_967_295_000);
  await world.runUntilQuiet();
  assert.deepEqual(await endsOf(world, 1, "2106-02-07"), ["empty.csv rejected empty-file"]);
});

for (const hours of [-14, -1, 1, 14]) {
  test(`a site whose clock is ${hours} hours off: everything comes once, in the drop of the site's own day`, async () => {
    const world = await worldOf();
    const files = { "a.csv": csv("a"), "b.csv": csv("b") };
    for (const [name, bytes] of Object.entries(files)) world.put(name, bytes, siteMorning + hours * hour);
    await world.runUntilQuiet();
    await world.fetch();
    assert.deepEqual(saidIn(world, oids.ann), ["a-0", "b-0"]);
    const day = new Date(siteMorning + hours * hour).toISOString().slice(0, 10);
    assert.deepEqual(await endsOf(world, 1, day), ["a.csv verified", "b.csv verified"]);
  });
}

test("a site whose clock is put right in between shows its files anew: duplicates, nothing twice", async () => {
  const world = await worldOf();
  world.put("a.csv", csv("a", 2), siteMorning + 14 * hour);
  await world.runUntilQuiet();
  world.put("a.csv", csv("a", 2), siteMorning);
  await world.fetch();
  assert.deepEqual(await endsOf(world, 2), ["a.csv duplicate duplicate"]);
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1"]);
});

for (const [zone, instants] of [
  // Midnight, and both sides of the hour that is skipped or comes twice.
  [
    "America/New_York",
    ["2026-03-08T04:59:59Z", "2026-03-08T05:00:00Z", "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z"],
  ],
  [
    "America/New_York",
    ["2026-11-01T03:59:59Z", "2026-11-01T04:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
  ],
  // Midnight itself does not exist on this day.
  [
    "America/Sao_Paulo",
    ["2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z", "2018-11-05T01:59:59Z", "2018-11-05T02:00:00Z"],
  ],
] as const) {
  test(`the site's day in ${zone} through midnight and a change of the clock, at ${instants[0]}`, async () => {
    const world = await worldOf({ zone });
    for (const [n, instant] of instants.entries()) world.put(`${n}.csv`, csv(`n${n}`), Date.parse(instant));
    await world.runUntilQuiet();
    assert.deepEqual(saidIn(world, oids.ann), ["n0-0", "n1-0", "n2-0", "n3-0"]);
    const closed = world.blobs.all().filter((path) => path.startsWith("state/closed/"));
    const inZone = (instant: string): string =>
      new Date(Date.parse(instant)).toLocaleDateString("sv-SE", { timeZone: zone });
    const expected = new Set(instants.map((instant) => `state/closed/acme-${inZone(instant)}-1`));
    assert.deepEqual(new Set(closed), expected);
    assert.ok(expected.size >= 2);
  });
}

test("other bytes at each reading, and a process that dies at any call of the fetch: what is imported is one reading, whole", async (t) => {
  const calls = await countFetchCalls();
  let deaths = 0;
  for (const nth of numbersOf(calls, 3)) {
    for (const when of ["before", "after"] as const) {
      deaths += 1;
      const world = await worldWithOtherBytes();
      world.start(new FaultyPorts({ nth, when, what: "vanish" }));
      await world.runUntilQuiet();
      const words = new Set(saidIn(world, oids.ann).map((text) => text.replace(/-\d+$/, "")));
      assert.deepEqual([saidIn(world, oids.ann).length, words.size], [40, 1], `call ${nth} ${when}`);
    }
  }
  t.diagnostic(`${deaths} deaths, lost 0, doubled 0, mixed 0`);
});

/** A file that is another one at each reading, of the same size and time. */
async function worldWithOtherBytes(): Promise<PipelineWorld> {
  const world = await worldOf();
  const site = world.siteOf();
  world.put("a.csv", csv("w0", 40));
  const read = site.read.bind(site);
  let readings = 0;
  site.read = (path, sizeInBytes, signal) => {
    world.put("a.csv", csv(`w${readings % 10}`, 40));
    readings += 1;
    return read(path, sizeInBytes, signal);
  };
  return world;
}

async function countFetchCalls(): Promise<number> {
  const world = await worldWithOtherBytes();
  const { ports, deps } = world.start(new FaultyPorts());
  await fetchConnector(deps, acme);
  return ports.calls.length;
}

test("a transfer that ends early, once, is taken up again; one that always does is put aside, and never half a file imported", async () => {
  const whole = csv("a", 300);
  for (const isForEver of [false, true]) {
    const world = await worldOf();
    world.put("a.csv", whole);
    world.put("b.csv", csv("b"));
    let isCut = true;
    world.siteOf().onAsk = (question, path) => {
      if (question !== "read" || path !== "/out/a.csv" || !isCut) return;
      isCut = isForEver;
      throw new SiteError("file-shrank");
    };
    await world.runUntilQuiet();
    assert.equal(saidIn(world, oids.ann).length, isForEver ? 1 : 301);
    assert.deepEqual(await endsOf(world), [
      isForEver ? "a.csv rejected changed-while-read" : "a.csv verified",
      "b.csv verified",
    ]);
    const evidence = world.blobs.all().filter((path) => path.startsWith("evidence/"));
    assert.equal(evidence.length, isForEver ? 1 : 2);
  }
});

test("entries of nonsense are told of at each fetch, and keep no file from coming", async () => {
  const world = await worldOf();
  world.put("a.csv", csv("a"));
  world.siteOf().unusable = 3;
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), ["a-0"]);
  const [line] = world.log.of("site.entries-unusable");
  assert.deepEqual([line?.level, line?.fields["entries"]], ["error", 3]);
});

test("names that are odd but possible come as they are, and no log line tells them", async () => {
  const world = await worldOf();
  const names = [
    " a.csv",
    "line\nfeed.csv",
    "tab\t.csv",
    "quote'\".csv",
    "$(x).csv",
    "üñí.csv",
    "A.CSV",
    `${"x".repeat(250)}.csv`,
  ];
  for (const [n, name] of names.entries()) world.put(name, csv(`n${n}`));
  await world.runUntilQuiet();
  assert.equal(saidIn(world, oids.ann).length, names.length);
  assert.deepEqual(new Set((await world.report(dropOf(1))).files.map(({ path }) => path.slice(5))), new Set(names));
  const logged = JSON.stringify(world.log.lines);
  for (const name of names.slice(1)) assert.ok(!logged.includes(name.slice(0, -4)), name);
});
