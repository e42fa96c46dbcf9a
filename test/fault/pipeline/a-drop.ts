import assert from "node:assert/strict";
import type { DropReport } from "../../../shared/report/drop-report.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { dropKey } from "../../support/encrypted-drop.ts";
import { acme, connectorOf, type DropWorld, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, type Owner, oids } from "../../support/small-drop.ts";
import type { HostQueues } from "../../support/world-storage.ts";

/** A world on any storage. */
export type AnyWorld = DropWorld<Blobs, HostQueues>;

/** A world with a drop on its site. */
export async function beginDrop(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  for (const [name, bytes] of filesOfDrop()) world.put(name, bytes);
  return world;
}

/** The same with all files encrypted, so that the vault is asked too; it takes longer. */
export async function beginEncryptedDrop(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await putEncryptedDrop(world);
  return world;
}

/** Sets the connector up with a key and puts the drop on its site, encrypted. */
export async function putEncryptedDrop(world: AnyWorld): Promise<void> {
  const key = await dropKey();
  await key.seed(world.secrets, acme);
  await world.save(connectorOf({ encryption: { type: "pgp", keys: [1], signers: [] } }));
  for (const [name, bytes] of filesOfDrop()) world.put(`${name}.pgp`, await key.encrypt(bytes));
}

/** Two good files, one of them with an attachment, one that is damaged, one that is there twice under two names. */
function filesOfDrop(): [name: string, bytes: Buffer][] {
  const note = { name: "note.txt", bytes: Buffer.from("a note") };
  const rows = [
    { id: "hello", from: "ann", to: ["bob", "eve"] },
    { id: "unheard", from: "eve", to: ["eve"] },
    { id: "noted", from: "bob", to: ["ann"], file: note },
  ];
  const reply = csvOf([{ id: "reply", from: "bob", to: ["ann"], room: "oil" }]);
  return [
    ["one.csv", csvOf(rows)],
    ["two.csv", reply],
    ["two-again.csv", reply],
    ["bad.csv", Buffer.from("this is no chat\r\n")],
  ];
}

/** What a drop came to, as far as it must not depend on faults. */
export interface Outcome {
  readonly mailboxes: Record<Owner, string[]>;
  readonly report: Omit<DropReport, "closedAt" | "files" | "recovered">;
  /** What the files came to. Which of two equal ones counts as the first is nobody's business. */
  readonly files: readonly string[];
}

/** The mailboxes and the report as they stand. */
export async function outcomeOf(world: AnyWorld, gen = 1): Promise<Outcome> {
  const { closedAt: _, recovered: _dead, files, ...report } = await world.report(dropOf(1), gen);
  const states = files.map(({ state, items, reason }) => `${state} ${items} ${reason?.code ?? ""}`);
  return { mailboxes: mailboxesOf(world), report, files: states.toSorted() };
}

/** What everybody has. */
export function mailboxesOf(world: AnyWorld): Record<Owner, string[]> {
  return { ann: world.textsIn(oids.ann), bob: world.textsIn(oids.bob), cid: world.textsIn(oids.cid) };
}

/** What the drop comes to when nothing goes wrong, and how many calls that takes. */
export async function faultless(begin = beginDrop): Promise<Outcome & { readonly calls: number }> {
  const world = await begin();
  await world.runUntilQuiet();
  const calls = world.process.ports.calls.length;
  assert.deepEqual(world.errors, []);
  return { ...(await outcomeOf(world)), calls };
}

/** Every `stride`-th of the calls; FAULT_STRIDE widens the steps on a slow machine, and 1 is every call. */
export function* numbersOf(calls: number, stride: number): Iterable<number> {
  const given = Number(process.env["FAULT_STRIDE"] ?? stride);
  for (let nth = 1; nth <= calls; nth += Math.max(1, given)) yield nth;
}

/** Does `check` for each number and fails with all that went wrong, each with its number. */
export async function forEach(numbers: Iterable<number>, check: (nth: number) => Promise<void>): Promise<void> {
  const wrong: string[] = [];
  for (const nth of numbers) {
    await check(nth).catch((error: unknown) =>
      wrong.push(`call ${nth}: ${error instanceof Error ? error.message : error}`),
    );
  }
  assert.deepEqual(wrong, []);
}
