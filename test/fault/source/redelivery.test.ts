import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { connectorName, dropId } from "../../../shared/chat/identifiers.ts";
import { connectorOf, dropOf } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";
import { type Said, type Style, toActiance, toCsv } from "./chat-files.ts";
import { compare, deliver, encrypted, endsOf, giveKey, pgp, resultOf, saidIn, textsOf, worldOf } from "./deliveries.ts";

const day = 24 * 3600_000;
const noon = Date.UTC(2026, 5, 3, 12);
const two = csvOf(rowsOf("a", 2));

for (const [what, encryption] of [
  ["the same bytes", { type: "none" }],
  ["the same plaintext encrypted anew", pgp],
] as const) {
  const asSent = async (bytes: Buffer): Promise<Buffer> =>
    encryption.type === "none" ? bytes : await encrypted(bytes);

  test(`${what} under another name in the same drop: duplicate, not counted, imported once`, async () => {
    const world = await worldOf({ encryption });
    world.put("a.csv", await asSent(two));
    world.put("b.csv", await asSent(two));
    await world.runUntilQuiet();
    assert.deepEqual(await endsOf(world), ["a.csv verified", "b.csv duplicate duplicate"]);
    const { items, equation } = await world.report(dropOf(1));
    assert.deepEqual([items, equation.available, equation.imported, equation.skipped], [2, 4, 4, 0]);
    for (const oid of [oids.ann, oids.bob]) assert.deepEqual(saidIn(world, oid), ["a-0", "a-1"]);
  });

  test(`${what} under another name in a later drop: duplicate, and it says of what`, async () => {
    const world = await worldOf({ encryption });
    await deliver(world, ["a.csv", await asSent(two)], ["b.csv", await asSent(two)]);
    world.put("c.csv", await asSent(two), siteMorning + day);
    await world.fetch();
    for (const drop of [dropOf(2), dropOf(1, "2026-06-05")]) {
      const { items, equation, files, isBalanced } = await world.report(drop);
      assert.deepEqual([items, equation.available, files[0]?.state, isBalanced], [0, 0, "duplicate", true]);
      assert.match(files[0]?.reason?.message ?? "", new RegExp(`${dropOf(1)}`));
    }
    assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1"]);
  });

  test(`${what} from another connector with the same feed: duplicate`, async () => {
    const world = await worldOf({ encryption });
    world.put("a.csv", await asSent(two));
    await world.runUntilQuiet();
    const other = connectorName.parse("other");
    await giveKey(world, other);
    world.siteOf(other).put("/out/z.csv", await asSent(two), siteMorning);
    await world.save(connectorOf({ name: other, encryption }));
    await world.runUntilQuiet();
    const { files } = await world.report(dropId.parse("other-2026-06-04-1"));
    assert.deepEqual([files[0]?.state, files[0]?.items], ["duplicate", 0]);
    assert.deepEqual(saidIn(world, oids.bob), ["a-0", "a-1"]);
  });
}

test("two connectors of one feed, whose sites have different files of one name, size and time: both are imported", async () => {
  const world = await worldOf();
  const other = connectorName.parse("other");
  const [one, two] = [csvOf(rowsOf("a", 2)), csvOf(rowsOf("b", 2))];
  assert.equal(one.length, two.length);
  world.put("day.csv", one);
  world.siteOf(other).put("/out/day.csv", two, siteMorning);
  await world.save(connectorOf({ name: other }));
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), ["a-0", "a-1", "b-0", "b-1"]);
  const evidence = world.blobs.all().filter((path) => path.startsWith("evidence/"));
  assert.equal(evidence.length, 2);
});

/** Twelve messages in two rooms; the fifth and sixth, and the ninth and tenth, are the same words in the same second. */
function script(hasIds: boolean): Said[] {
  return Array.from({ length: 12 }, (_, n) => {
    const isRun = n === 4 || n === 5 || n === 8 || n === 9;
    const at = noon + (isRun ? n - (n % 4) : n) * 1000;
    const text = isRun ? `ok ${n - (n % 4)}` : `line ${n}`;
    return {
      room: n < 8 ? "gas" : "oil",
      from: n % 2 === 0 || isRun ? "ann" : "bob",
      at,
      text,
      ...(hasIds ? { id: `m${n}` } : {}),
    };
  });
}

const formats = { "flat-csv": toCsv, "filedump-actiance": toActiance } as const;
const otherStyle: Style = {
  form: "NFD",
  eol: "\n",
  domain: "new.example",
  fractionInMs: 250,
  isLoud: true,
  isBackwards: true,
};

for (const format of ["flat-csv", "filedump-actiance"] as const) {
  for (const hasIds of [true, false]) {
    const how = `${format}, ${hasIds ? "with" : "without"} message ids`;
    const write = formats[format];

    test(`a corrected file and an overlapping one import only what is new, the rest is skipped with a pointer: ${how}`, async (t) => {
      const world = await worldOf();
      const said = script(hasIds);
      for (const [name, part, style] of [
        ["first.csv", said.slice(0, 6), {}],
        ["corrected.csv", said.slice(0, 8), { eol: "\n" }],
        ["overlap.csv", said.slice(4, 12), { ...otherStyle, domain: "acme.example" }],
      ] as const) {
        await deliver(world, [name, write(part, style)]);
      }
      for (const oid of [oids.ann, oids.bob]) assert.deepEqual(saidIn(world, oid), textsOf(said));
      const equations = await Promise.all([1, 2, 3].map(async (seq) => (await world.report(dropOf(seq))).equation));
      assert.deepEqual(
        equations.map(({ available, imported, skipped, failed }) => [available, imported, skipped, failed]),
        [
          [12, 12, 0, 0],
          [16, 4, 12, 0],
          [16, 8, 8, 0],
        ],
      );
      await checkPointers(world, said);
      t.diagnostic("deliveries 3, items 22, repeated 10, lost 0, doubled 0");
    });
  }
}

/** Each skipped item names the drop and the place in the file in which the same item came first. */
async function checkPointers(world: Awaited<ReturnType<typeof worldOf>>, said: readonly Said[]): Promise<void> {
  for (const [seq, from] of [
    [2, 0],
    [3, 4],
  ] as const) {
    const lines = (await resultOf(world, dropOf(seq))).filter((line) => line.type === "skipped");
    assert.equal(lines.length, seq === 2 ? 6 : 4);
    for (const { source, first } of lines) {
      const nth = Number(source.split(":")[1]) + from;
      assert.equal(Number(first.source.split(":")[1]), nth, `${said[nth]?.text} points elsewhere`);
      assert.equal(first.generation, `${dropOf(nth < 6 ? 1 : 2)}/1`);
    }
  }
}

for (const format of ["flat-csv", "filedump-actiance"] as const) {
  test(`the same words twice in one second are two messages: ${format}`, async () => {
    const world = await worldOf();
    const said = ["ok", "ok", "fine", "ok"].map((text) => ({ room: "gas", from: "ann", at: noon, text }));
    await deliver(world, ["a.csv", formats[format](said)], ["b.csv", formats[format](said, { eol: "\n" })]);
    assert.deepEqual(saidIn(world, oids.bob), ["fine", "ok", "ok", "ok"]);
    assert.deepEqual((await world.report(dropOf(2))).equation.skipped, 8);
  });
}

test("whatever windows of a day are delivered, in whatever order, format and style, each message is in each mailbox once", async (t) => {
  const runLength = fc.integer({ min: 1, max: 3 });
  const style: fc.Arbitrary<Style> = fc.record({
    form: fc.constantFrom("NFC" as const, "NFD" as const),
    eol: fc.constantFrom("\n" as const, "\r\n" as const),
    fractionInMs: fc.constantFrom(0, 1, 999),
    isLoud: fc.boolean(),
    isBackwards: fc.boolean(),
  });
  const window = fc.record({ from: fc.nat(), to: fc.nat(), format: fc.constantFrom(toCsv, toActiance), style });
  const day = fc.record({
    runs: fc.array(runLength, { minLength: 2, maxLength: 8 }),
    hasIds: fc.boolean(),
    windows: fc.array(window, { minLength: 2, maxLength: 5 }),
  });
  const figures = { cases: 0, items: 0, lost: 0, doubled: 0 };
  const property = fc.asyncProperty(day, async ({ runs, hasIds, windows }) => {
    const groups = toGroups(runs, hasIds);
    const world = await worldOf();
    const seen = new Set<number>();
    for (const [n, { from, to, format, style: how }] of windows.entries()) {
      const [start, end] = [from % groups.length, to % groups.length].toSorted((a, b) => a - b);
      if (start === undefined || end === undefined) continue;
      for (let group = start; group <= end; group += 1) seen.add(group);
      await deliver(world, [`${n}.csv`, format(groups.slice(start, end + 1).flat(), how)]);
    }
    const wanted = textsOf([...seen].flatMap((group) => groups[group] ?? []));
    for (const oid of [oids.ann, oids.bob]) {
      const { lost, doubled } = compare(wanted, saidIn(world, oid));
      figures.items += wanted.length;
      figures.lost += lost;
      figures.doubled += doubled;
      assert.deepEqual({ lost, doubled }, { lost: 0, doubled: 0 });
    }
    figures.cases += 1;
  });
  await fc.assert(property, { numRuns: Number(process.env["SOURCE_RUNS"] ?? 20) });
  t.diagnostic(JSON.stringify(figures));
});

/** Runs of identical messages; a window takes a run whole or not at all. */
function toGroups(runs: readonly number[], hasIds: boolean): Said[][] {
  return runs.map((length, group) =>
    Array.from({ length }, (_, n) => ({
      room: group % 3 === 0 ? "gås" : "oil",
      from: group % 2 === 0 ? "ann" : "bob",
      at: noon + group * 1000,
      text: `said é ${group}`,
      ...(hasIds ? { id: `m${group}.${n}` } : {}),
    })),
  );
}
