import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import { toStoredZip } from "../../../local/sample/stored-zip.ts";
import { fileId } from "../../../shared/chat/identifiers.ts";
import type { Connector } from "../../../shared/config/connector.ts";
import { generatePgpKeys, type PgpKeyPair } from "../../../shared/decrypt/pgp-keys.ts";
import { scanChatFile } from "../../../shared/pipeline/scan-chat-file.ts";
import { toVerdict } from "../../../shared/pipeline/verdict.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { toPathHash } from "../../../shared/store/paths.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids, rowsOf, siteMorning } from "../../support/small-drop.ts";
import { collect } from "../sample/read-sample.ts";

const good = csvOf([{ id: "good", from: "ann", to: ["bob"] }]);
const pgp: Connector["encryption"] = { type: "pgp", keys: [1], signers: [] };

async function encryptedWorld(keys: PgpKeyPair): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.secrets.set(secretName(acme, "pgp-private-key-1"), keys.privateKey);
  await world.save(connectorOf({ encryption: pgp }));
  return world;
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function encrypt({ publicKey }: PgpKeyPair, bytes: Buffer): Promise<Buffer> {
  return await collect(encryptFor(publicKey, piecesOf(bytes)));
}

async function reasonsOf(world: PipelineWorld): Promise<Record<string, string>> {
  const { files } = await world.report(dropOf(1));
  return Object.fromEntries(files.map(({ path, state, reason }) => [path, `${state} ${reason?.code ?? ""}`.trim()]));
}

const keys = await generatePgpKeys({ kind: "curve25519" });

test("of encrypted files the truncated, the tampered, the foreign and the plain one are put aside, each for its reason; the good one goes on", async () => {
  const world = await encryptedWorld(keys);
  const others = await generatePgpKeys({ kind: "curve25519" });
  const whole = await encrypt(keys, csvOf(rowsOf("many", 50)));
  const tampered = Buffer.from(whole);
  tampered.writeUInt8(tampered.readUInt8(whole.length - 40) ^ 1, whole.length - 40);
  world.put("good.csv.pgp", await encrypt(keys, good));
  world.put("cut.csv.pgp", whole.subarray(0, -200));
  world.put("bent.csv.pgp", tampered);
  world.put("foreign.csv.pgp", await encrypt(others, good));
  world.put("plain.csv", csvOf(rowsOf("plain", 1)));
  world.put("twice.csv.pgp", await encrypt(keys, await encrypt(keys, good)));
  await world.runUntilQuiet();
  assert.deepEqual(await reasonsOf(world), {
    "/out/bent.csv.pgp": "rejected tampered",
    "/out/cut.csv.pgp": "rejected truncated",
    "/out/foreign.csv.pgp": "rejected wrong-key",
    "/out/good.csv.pgp": "verified",
    "/out/plain.csv": "rejected not-encrypted",
    "/out/twice.csv.pgp": "rejected still-encrypted",
  });
  assert.deepEqual(world.textsIn(oids.bob), ["good"]);
  assert.deepEqual(world.errors, []);
});

test("of a tampered file that is no chat either, tampering is the reason that is told", async () => {
  const world = await encryptedWorld(keys);
  const bent = await encrypt(keys, Buffer.from(`no chat ${"at all ".repeat(60_000)}`));
  bent.writeUInt8(bent.readUInt8(bent.length - 40) ^ 1, bent.length - 40);
  world.put("bent.csv.pgp", bent);
  await world.runUntilQuiet();
  assert.deepEqual(await reasonsOf(world), { "/out/bent.csv.pgp": "rejected tampered" });
});

test("a cut plain file waits for its whole version, which joins the same drop", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const whole = '<FileDump><Conversation Perspective="x"><RoomID>r</RoomID><StartTimeUTC>1780444800</StartTimeUTC>';
  world.put("day.xml", whole);
  await world.runFor(10 * 60_000);
  assert.deepEqual(
    (await world.files(dropOf(1))).map(({ state }) => state),
    ["incomplete"],
  );
  world.put("day.xml", `${whole}<EndTimeUTC>1780488000</EndTimeUTC></Conversation></FileDump>`, siteMorning + 60_000);
  await world.runUntilQuiet();
  const { files } = await world.report(dropOf(1));
  assert.deepEqual(
    files.map(({ state, reason }) => `${state} ${reason?.code ?? ""}`),
    ["rejected superseded", "verified "],
  );
});

test("a file that storage does not give for now keeps neither the other files nor the other days from being verified", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("a.csv", csvOf(rowsOf("a", 1)));
  world.put("b.csv", csvOf(rowsOf("b", 1)));
  world.put("next.csv", csvOf(rowsOf("next", 1)), siteMorning + 24 * 3600_000);
  const stream = world.blobs.stream.bind(world.blobs);
  let isAway = true;
  world.blobs.stream = async (path, range) => {
    if (isAway && path.startsWith("evidence/") && path.includes(toPathHash("/out/a.csv"))) throw new Error("storage");
    return await stream(path, range);
  };
  await world.runFor(60 * 60_000);
  assert.deepEqual(
    (await world.files(dropOf(1))).map(({ state }) => state),
    ["fetched", "verified"],
  );
  assert.deepEqual(world.textsIn(oids.ann), ["next-0"]);
  isAway = false;
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["a-0", "b-0", "next-0"]);
});

test("nothing of a tampered file reaches the drop, and its evidence is kept", async () => {
  const world = await encryptedWorld(keys);
  const bent = await encrypt(keys, csvOf(rowsOf("secret", 3000)));
  bent.writeUInt8(bent.readUInt8(bent.length - 40) ^ 1, bent.length - 40);
  world.put("bent.csv.pgp", bent);
  await world.runUntilQuiet();
  const [file] = await world.files(dropOf(1));
  assert.equal(file?.state, "rejected");
  assert.deepEqual(
    world.blobs.all().filter((path) => path.startsWith("chats/") || path === `drops/${dropOf(1)}/${file?.id}`),
    [],
  );
  assert.deepEqual((await world.blobs.read(file.evidence))?.bytes, bent);
});

test("an encrypted file is not taken by a connector that is set to plain files, and the reason says what to set", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("one.csv.pgp", await encrypt(keys, good));
  await world.runUntilQuiet();
  const { files } = await world.report(dropOf(1));
  assert.equal(files[0]?.reason?.code, "still-encrypted");
  assert.match(files[0]?.reason?.message ?? "", /encryption to pgp/);
});

test("a missing private key puts no file aside: the drop waits and goes on when the key is there", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf({ encryption: pgp }));
  world.put("one.csv.pgp", await encrypt(keys, good));
  await world.runFor(3 * 3600_000);
  assert.equal((await world.drop(dropOf(1))).state, "collecting");
  assert.ok(world.errors.some((error) => error instanceof Error && error.name === "MissingSecret"));
  await world.secrets.set(secretName(acme, "pgp-private-key-1"), keys.privateKey);
  await world.runUntilQuiet();
  assert.deepEqual(world.textsIn(oids.ann), ["good"]);
});

test("unknown formats, broken records and empty files are put aside with reason and place; the rest of the day goes on", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("good.csv", good);
  world.put("unknown.csv", "once upon a time\r\n");
  world.put("other.xml", "<Invoice><Total>1</Total></Invoice>");
  world.put("short-row.csv", `${csvOf(rowsOf("a", 2)).toString()}only,three,cells\r\n`);
  world.put("cut.xml", '<FileDump><Conversation Perspective="x"><RoomID>r</RoomID>');
  world.put("empty.csv", "");
  world.put("doctype.xml", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><FileDump></FileDump>');
  await world.runUntilQuiet();
  assert.deepEqual(await reasonsOf(world), {
    "/out/cut.xml": "rejected truncated",
    "/out/doctype.xml": "rejected doctype",
    "/out/empty.csv": "rejected empty-file",
    "/out/good.csv": "verified",
    "/out/other.xml": "rejected unknown-format",
    "/out/short-row.csv": "rejected wrong-field-count",
    "/out/unknown.csv": "rejected unknown-format",
  });
  const [broken] = (await world.files(dropOf(1))).filter(({ path }) => path.endsWith("short-row.csv"));
  assert.ok((broken?.reason?.offset ?? 0) > 100);
  assert.deepEqual(world.textsIn(oids.bob), ["good"]);
});

test("a drop whose files are all put aside closes by itself and says so", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  world.put("unknown.csv", "once upon a time\r\n");
  await world.runUntilQuiet();
  const report = await world.report(dropOf(1));
  assert.deepEqual([report.items, report.equation.available, report.isBalanced], [0, 0, true]);
  assert.equal(world.log.of("file.rejected").length, 1);
});

test("a file that makes the parser itself fail is put aside like any other bad file; a fault of storage is not the file's", async () => {
  const world = new PipelineWorld();
  const scan = (fault: Error) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield good;
      throw fault;
    }
    const source = { id: fileId.parse("0".repeat(20)), drop: dropOf(1), besides: {}, head: good, bytes: broken() };
    return scanChatFile({ blobs: world.blobs }, connectorOf(), source).catch((error: unknown) => error);
  };
  const verdict = toVerdict(await scan(new TypeError("of a chat's words")));
  assert.deepEqual(
    [verdict?.state, verdict?.state === "rejected" && verdict.reason.code],
    ["rejected", "parser-fault"],
  );
  assert.doesNotMatch(JSON.stringify(verdict), /chat's words/);
  assert.equal(toVerdict(await scan(new Error("storage is away"))), undefined);
});

test("an archive that is cut or has no chats is put aside whole; the others go on", async () => {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const zip = toStoredZip([{ name: "chat.csv", bytes: good }]);
  world.put("good.zip", zip);
  world.put("cut.zip", zip.subarray(0, -30));
  world.put("holiday.zip", toStoredZip([{ name: "photo.txt", bytes: Buffer.from("a photo") }]));
  await world.runUntilQuiet();
  const reasons = await reasonsOf(world);
  assert.equal(reasons["/out/good.zip"], "verified");
  assert.match(reasons["/out/cut.zip"] ?? "", /^rejected (truncated|damaged)$/);
  assert.equal(reasons["/out/holiday.zip"], "rejected unknown-format");
  assert.deepEqual(world.textsIn(oids.ann), ["good"]);
});
