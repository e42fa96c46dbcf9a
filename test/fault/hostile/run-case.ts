import assert from "node:assert/strict";
import type { Connector } from "../../../shared/config/connector.ts";
import type { FileState } from "../../../shared/pipeline/file-state.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { makeMessage } from "../../contract/pgp/messages.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, oids } from "../../support/small-drop.ts";
import type { Expected, HostileCase } from "./hostile-case.ts";
import { findLeaks } from "./leaks.ts";
import { toMail } from "./mail.ts";
import { type Keys, ownKeys } from "./make/keys.ts";
import { fileDump, message } from "./make/xml.ts";

/** What running a case came to. */
export interface Outcome {
  readonly state: Expected["state"];
  readonly code: string;
  /** Of a batch: its share. */
  readonly ms: number;
  /** The processor's time. */
  readonly cpuInMs: number;
}

/** So many looks for an incomplete file (the world's setting). */
const tries = 5;
const stallInMs = 1_500;
const goodCsv = csvOf([{ id: "good", from: "ann", to: ["bob"] }]);
const goodXml = Buffer.from(fileDump(message("good")));

/** A case, its bytes, and the name of its file on the site. */
interface Sent {
  readonly hostile: HostileCase;
  readonly bytes: Buffer;
  readonly file: string;
}

/**
 * Sends hostile files and a good one through the pipeline in one drop, and checks what became of all of them. The cases
 * are for the same connector, and only a case that stands alone may be of a file that is taken.
 * @throws AssertionError
 */
export async function runTogether(cases: readonly HostileCase[], keys: Keys): Promise<readonly Outcome[]> {
  const [first] = cases;
  assert.ok(first !== undefined);
  const sent: Sent[] = [];
  for (const [i, hostile] of cases.entries()) {
    sent.push({
      hostile,
      bytes: Buffer.from(await hostile.bytes(keys)),
      file: i === 0 ? hostile.file : `${i}-${hostile.file}`,
    });
  }
  const [began, busy] = [performance.now(), process.cpuUsage()];
  const world = await worldFor(first, keys);
  const tasks: unknown[] = [];
  world.loses = (_, task) => tasks.push(task) < 0;
  world.put(`good.${first.connector?.format === "filedump-actiance" ? "xml" : "csv"}`, await goodFileFor(first, keys));
  for (const { file, bytes } of sent) world.put(file, bytes);
  await world.runUntilQuiet();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(busy);
  const cpuInMs = (user + system) / 1000;
  assert.deepEqual(world.errors, [], "an invocation failed");
  const outcomes: Outcome[] = [];
  for (const one of sent)
    outcomes.push(await checkOne(world, one, { ms: ms / sent.length, cpuInMs: cpuInMs / sent.length }));
  checkMails(world, first.expected);
  assert.deepEqual(await findLeaks(world, tasks), []);
  const longestInMs = first.longestInMs ?? 10_000;
  // Of the processor's time: on a machine that does other things as well the clock on the wall says nothing of a file.
  assert.ok(cpuInMs < longestInMs, `it took ${Math.round(cpuInMs)} ms`);
  return outcomes;
}

async function checkOne(
  world: PipelineWorld,
  { hostile: { expected }, bytes, file }: Sent,
  times: Pick<Outcome, "ms" | "cpuInMs">,
): Promise<Outcome> {
  const found = await fileNamed(world, file);
  await checkFile(world, found, bytes, expected);
  await checkReport(world, found, expected);
  return { state: expected.state, code: found.reason?.code ?? "", ...times };
}

async function worldFor({ encryption = "none", connector }: HostileCase, keys: Keys): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  world.workers = [{ ...world.deps, stallInMs }];
  const numbers = await Promise.all(
    ownKeys(keys).map(async (armored, i) => {
      await world.secrets.set(secretName(acme, `pgp-private-key-${i + 1}`), armored);
      return i + 1;
    }),
  );
  const signers = encryption === "pgp-signed" ? [keys.signer.armoredPublic] : [];
  const choice: Connector["encryption"] =
    encryption === "none" ? { type: "none" } : { type: "pgp", keys: numbers, signers };
  await world.save(connectorOf({ encryption: choice, ...connector }));
  return world;
}

/** A file that the connector must take, whatever lies beside it. */
async function goodFileFor({ encryption = "none", connector }: HostileCase, keys: Keys): Promise<Buffer> {
  const good = connector?.format === "filedump-actiance" ? goodXml : goodCsv;
  if (encryption === "none") return good;
  const signing = encryption === "pgp-signed" ? { signer: keys.signer.privateKey } : {};
  return await makeMessage(good, keys.own.publicKey, signing);
}

async function fileNamed(world: PipelineWorld, name: string): Promise<FileState> {
  const found = (await world.files(dropOf(1))).find(({ path }) => path === `/out/${name}`);
  assert.ok(found !== undefined, "the file is in no drop");
  return found;
}

async function checkFile(world: PipelineWorld, file: FileState, bytes: Buffer, expected: Expected): Promise<void> {
  const kept = await world.blobs.read(file.evidence);
  assert.ok(kept?.bytes.equals(bytes) === true, "the evidence is not what came");
  const told = `${file.state} ${file.reason?.code ?? ""}: ${file.reason?.message ?? ""}`;
  if (expected.state === "verified") {
    assert.equal(file.state, "verified", told);
    const items = file.dropFiles.reduce((sum, one) => sum + one.items, 0);
    assert.deepEqual([items, file.unclaimed], [expected.items, expected.unclaimed ?? 0], "items, unclaimed files");
    return;
  }
  assert.equal(file.state, "rejected", told);
  checkReason(file, expected);
}

/** Reasons of the parsers tell a place; those of OpenPGP and of archives are about the whole. */
function checkReason({ reason, tries: made }: FileState, expected: Exclude<Expected, { state: "verified" }>): void {
  assert.ok(reason !== undefined, "no reason");
  const { code, message, offset } = reason;
  assert.match(message, /^\S+( \S+){4,}/, "no sentence");
  assert.ok(message.length < 600, `a sentence of ${message.length} characters`);
  if (expected.state === "refused") return;
  assert.equal(code, expected.code, message);
  assert.equal(made, expected.state === "incomplete" ? tries : 0, "tries");
  if (expected.offset !== undefined) assert.equal(offset, expected.offset, message);
  if (expected.says !== undefined) assert.match(message, expected.says);
}

async function checkReport(world: PipelineWorld, file: FileState, expected: Expected): Promise<void> {
  const report = await world.report(dropOf(1));
  const told = report.files.find(({ id }) => id === file.id);
  assert.deepEqual([told?.state, told?.reason], [file.state, file.reason], "the report tells something else");
  assert.deepEqual(report.imbalances, []);
  assert.equal(report.items, 1 + (expected.state === "verified" ? expected.items : 0));
  assert.equal(report.equation.failed, 0, "items failed");
}

/** The good item is there once; the others of the sender are looked at. */
function checkMails(world: PipelineWorld, expected: Expected): void {
  const isGood = (subject: string) => subject.endsWith(" - good");
  for (const owner of [oids.ann, oids.bob]) {
    const messages = world.mailboxOf(owner).items.map(({ message }) => message);
    assert.equal(messages.filter(({ subject }) => isGood(subject)).length, 1, "the good file's item");
    const mails = messages.filter(({ subject }) => !isGood(subject)).map(toMail);
    if (expected.state !== "verified") assert.equal(mails.length, 0, "items of a file that was put aside");
    else if (owner === oids.ann) expected.mails?.(mails);
  }
}
