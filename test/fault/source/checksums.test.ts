import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { reprocessDrop } from "../../../shared/pipeline/reprocess-drop.ts";
import { connectorOf, dropOf, type PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";
import { encrypted, endsOf, pgp, saidIn, worldOf } from "./deliveries.ts";

const minute = 60_000;
const plain = csvOf(rowsOf("a", 2));
const wrong = { md5: "0".repeat(32), sha256: "0".repeat(64) };
const texts = ["a-0", "a-1"];

function sum(algorithm: "md5" | "sha256", bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

/** What the report says of the checksums of a drop's first file. */
async function toldOf(world: PipelineWorld, drop = dropOf(1), gen = 1): Promise<string | undefined> {
  return (await world.report(drop, gen)).files[0]?.checksum;
}

async function stateOf(world: PipelineWorld): Promise<string> {
  const [file] = await world.files(dropOf(1));
  return `${file?.state} ${file?.reason?.code ?? ""} ${file?.tries}`;
}

for (const algorithm of ["md5", "sha256"] as const) {
  for (const made of ["received", "plaintext"] as const) {
    test(`a ${algorithm} of the file ${made === "received" ? "as received" : "in plaintext"} matches, and the report says so`, async () => {
      const world = await worldOf({ encryption: pgp });
      const cipher = await encrypted(plain);
      world.put("a.csv.pgp", cipher);
      world.put(`a.csv.pgp.${algorithm}`, `${sum(algorithm, made === "received" ? cipher : plain)}  a.csv.pgp\n`);
      await world.runUntilQuiet();
      assert.deepEqual(saidIn(world, oids.ann), texts);
      assert.equal(await toldOf(world), "matched");
      const [file] = await world.files(dropOf(1));
      assert.equal(file?.checksums[0]?.found, made);
    });
  }
}

test("a side file named for the decrypted file is found, and several side files have to fit each", async () => {
  const world = await worldOf({ encryption: pgp });
  const cipher = await encrypted(plain);
  world.put("a.csv.pgp", cipher);
  world.put("a.csv.sha256", sum("sha256", plain));
  world.put("a.csv.pgp.md5", sum("md5", cipher));
  await world.runUntilQuiet();
  const [file] = await world.files(dropOf(1));
  assert.deepEqual(file?.checksums.map(({ path, found }) => [path, found]).toSorted(), [
    ["/out/a.csv.pgp.md5", "received"],
    ["/out/a.csv.sha256", "plaintext"],
  ]);
  const second = await worldOf();
  second.put("a.csv", plain);
  second.put("a.csv.md5", sum("md5", plain));
  second.put("a.csv.sha256", wrong.sha256);
  await second.runUntilQuiet();
  assert.deepEqual(await endsOf(second), ["a.csv rejected checksum-mismatch"]);
});

test("a file without side files, or with ones that say nothing of it, is taken; what says nothing is noted", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("b.csv", csvOf(rowsOf("b", 1)));
  world.put("b.csv.md5", "see attachment\n");
  world.put("c.csv", csvOf(rowsOf("c", 1)));
  world.put("c.csv.sha256", `${wrong.sha256}  another.csv\n`);
  world.put("d.csv", csvOf(rowsOf("d", 1)));
  world.put("d.csv.md5", Buffer.alloc(100_000, "0"));
  await world.runUntilQuiet();
  const { files } = await world.report(dropOf(1));
  assert.deepEqual(
    files.map(({ state, checksum }) => `${state} ${checksum}`),
    ["verified undefined", "verified unusable", "verified unusable", "verified unusable"],
  );
  assert.equal(world.siteOf().reads.get("/out/d.csv.md5"), undefined, "a side file of that size is not read");
});

for (const [what, encryption] of [
  ["plain", { type: "none" }],
  ["encrypted", pgp],
] as const) {
  test(`a mismatch: nothing is imported, the file is looked for again, then put aside and kept; the others go on: ${what}`, async (t) => {
    const world = await worldOf({ encryption });
    const asSent = async (bytes: Buffer): Promise<Buffer> => (what === "plain" ? bytes : await encrypted(bytes));
    const sent = await asSent(plain);
    world.put("a.csv", sent);
    world.put("a.csv.sha256", wrong.sha256);
    world.put("b.csv", await asSent(csvOf(rowsOf("b", 1))));
    await world.runFor(10 * minute);
    assert.equal(await stateOf(world), "incomplete checksum-mismatch 1");
    await world.runUntilQuiet();
    assert.deepEqual(await endsOf(world), ["a.csv rejected checksum-mismatch", "b.csv verified"]);
    assert.equal(await stateOf(world), "rejected checksum-mismatch 5");
    assert.deepEqual(saidIn(world, oids.ann), ["b-0"]);
    assert.equal(await toldOf(world), "mismatched");
    const [file] = await world.files(dropOf(1));
    assert.deepEqual((await world.blobs.read(file?.evidence ?? "evidence/none"))?.bytes, sent);
    const kept = world.blobs.all().filter((path) => path.startsWith("evidence/"));
    t.diagnostic(`read ${world.siteOf().reads.get("/out/a.csv")} times, kept once: ${kept.length} blobs of evidence`);
    assert.equal(kept.length, 3);
    assert.deepEqual(
      world.blobs.all().filter((path) => path === `drops/${dropOf(1)}/${file?.id}`),
      [],
    );
  });
}

test("a sender who was still writing: the later version of the file fits and takes its place", async () => {
  const world = await worldOf();
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  world.put("a.csv.md5", sum("md5", plain));
  await world.runFor(10 * minute);
  assert.equal(await stateOf(world), "incomplete checksum-mismatch 1");
  world.put("a.csv", plain, siteMorning + minute);
  await world.runUntilQuiet();
  assert.deepEqual(await endsOf(world), ["a.csv rejected superseded", "a.csv verified"]);
  assert.deepEqual(saidIn(world, oids.ann), texts);
});

test("a checksum that was wrong and is mended fits the file that is there", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("a.csv.md5", wrong.md5);
  await world.runFor(10 * minute);
  world.put("a.csv.md5", sum("md5", plain), siteMorning + minute);
  await world.runUntilQuiet();
  assert.deepEqual(await endsOf(world), ["a.csv verified"]);
  assert.deepEqual([await toldOf(world), saidIn(world, oids.ann)], ["matched", texts]);
});

for (const [what, encryption] of [
  ["plain", { type: "none" }],
  ["encrypted", pgp],
] as const) {
  test(`a file that came damaged is read again and the right bytes are taken, the first ones kept: ${what}`, async () => {
    const world = await worldOf({ encryption });
    const sent = what === "plain" ? plain : await encrypted(plain);
    const damaged = Buffer.from(sent);
    damaged.writeUInt8(damaged.readUInt8(sent.length - 30) ^ 1, sent.length - 30);
    world.put("a.csv", damaged);
    world.put("a.csv.sha256", sum("sha256", sent));
    await world.runFor(10 * minute);
    assert.equal(await stateOf(world), "incomplete checksum-mismatch 1");
    world.put("a.csv", sent);
    await world.runUntilQuiet();
    assert.deepEqual(await endsOf(world), ["a.csv verified"]);
    assert.deepEqual(saidIn(world, oids.ann), texts);
    assert.equal(world.blobs.all().filter((path) => path.startsWith("evidence/")).length, 3);
    assert.deepEqual(world.errors, []);
  });
}

test("a damaged file that fits its checksum was sent so: it is put aside at once, for its own reason", async () => {
  const world = await worldOf({ encryption: pgp });
  const bent = await encrypted(plain);
  bent.writeUInt8(bent.readUInt8(bent.length - 30) ^ 1, bent.length - 30);
  world.put("a.csv.pgp", bent);
  world.put("a.csv.pgp.md5", sum("md5", bent));
  await world.runFor(10 * minute);
  assert.deepEqual([await stateOf(world), await toldOf(world)], ["rejected tampered 0", "matched"]);
});

test("what else is wrong with a file that fits no checksum is told along", async () => {
  const world = await worldOf({ encryption: pgp });
  world.put("a.csv.pgp", (await encrypted(plain)).subarray(0, -40));
  world.put("a.csv.pgp.md5", wrong.md5);
  await world.runUntilQuiet();
  const [file] = await world.files(dropOf(1));
  assert.match(
    file?.reason?.message ?? "",
    /neither the file as received nor its plaintext fits.*Besides: .*(truncated|cut|end)/s,
  );
});

test("a checksum that comes after its file was imported is compared all the same; a mismatch is told, nothing is undone", async () => {
  const world = await worldOf({ encryption: pgp });
  world.put("a.csv.pgp", await encrypted(plain));
  world.put("b.csv.pgp", await encrypted(csvOf(rowsOf("b", 1))));
  await world.runUntilQuiet();
  world.put("a.csv.pgp.md5", sum("md5", plain), siteMorning + 5 * minute);
  world.put("b.csv.pgp.md5", wrong.md5, siteMorning + 5 * minute);
  await world.fetch();
  const files = await world.files(dropOf(1));
  assert.deepEqual(
    files.map(({ state, checksums }) => [state, checksums[0]?.found]),
    [
      ["verified", "plaintext"],
      ["verified", "neither"],
    ],
  );
  assert.deepEqual(
    world.log.of("checksum.late-mismatch").map(({ level, fields }) => [level, fields["file"]]),
    [["error", files[1]?.id]],
  );
  await world.fetch();
  assert.equal(world.log.of("checksum.late-mismatch").length, 1, "it is told once");
  assert.equal(world.siteOf().reads.get("/out/a.csv.pgp.md5"), 1);
  assert.deepEqual(saidIn(world, oids.ann), [...texts, "b-0"]);
});

test("the verdict is the same from evidence alone, when the site has nothing any more", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("a.csv.md5", wrong.md5);
  await world.runUntilQuiet();
  world.siteOf().files.clear();
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  assert.equal(await stateOf(world), "rejected checksum-mismatch 6");
  assert.equal(await toldOf(world, dropOf(1), 2), "mismatched");
  assert.deepEqual(saidIn(world, oids.ann), []);
});

test("evidence that is no longer what was received does not pass a replay", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("a.csv.md5", sum("md5", plain));
  await world.runUntilQuiet();
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  await world.blobs.remove(file.evidence);
  await world.blobs.create(file.evidence, csvOf(rowsOf("forged", 2)));
  for (const path of world.blobs.all().filter((one) => one.startsWith("drops/"))) await world.blobs.remove(path);
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  assert.match(await stateOf(world), /^rejected checksum-mismatch/);
  assert.deepEqual(saidIn(world, oids.ann), texts);
});

test("an admin who knows better lets the file in by the connector's setting, and the side files are not even read", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("a.csv.md5", wrong.md5);
  await world.runUntilQuiet();
  const { site } = connectorOf();
  await world.save(connectorOf({ site: { ...site, checksums: "ignore" } }));
  await reprocessDrop(world.deps, dropOf(1));
  await world.runUntilQuiet();
  assert.deepEqual(saidIn(world, oids.ann), texts);
  world.put("b.csv", csvOf(rowsOf("b", 1)), siteMorning + minute);
  world.put("b.csv.md5", wrong.md5, siteMorning + minute);
  await world.fetch();
  assert.equal(world.siteOf().reads.get("/out/b.csv.md5"), undefined);
  assert.deepEqual(saidIn(world, oids.ann), [...texts, "b-0"]);
});

test("a file whose checksum is still being written waits for it", async () => {
  const world = await worldOf();
  world.put("a.csv", plain);
  world.put("a.csv.md5", wrong.md5.slice(0, 20), siteMorning);
  let looks = 0;
  world.siteOf().onAsk = (question) => {
    looks += question === "list" ? 1 : 0;
    if (question === "list" && looks === 2) world.put("a.csv.md5", sum("md5", plain), siteMorning + minute);
  };
  await world.runFor(10 * minute);
  assert.deepEqual(
    world.blobs.all().filter((path) => path.startsWith("evidence/")),
    [],
  );
  await world.runFor(60 * minute);
  assert.deepEqual([await toldOf(world), saidIn(world, oids.ann)], ["matched", texts]);
});

test("one side file for several files: each finds its own line, and a digest without a name is nobody's", async () => {
  const world = await worldOf();
  world.put("day.csv", plain);
  world.put("day.md5", `${sum("md5", plain)}  day.csv\n${wrong.md5}  day.xml\n`);
  world.put("two.csv", csvOf(rowsOf("c", 1)));
  world.put("two.xml", "<FileDump></FileDump>");
  world.put("two.md5", wrong.md5);
  await world.runUntilQuiet();
  const { files } = await world.report(dropOf(1));
  const told = Object.fromEntries(files.map(({ path, state, checksum }) => [path.slice(5), `${state} ${checksum}`]));
  assert.deepEqual(told, {
    "day.csv": "verified matched",
    "two.csv": "verified unusable",
    "two.xml": "verified unusable",
  });
});
