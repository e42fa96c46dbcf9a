import assert from "node:assert/strict";
import type { DropReport } from "../../../shared/report/drop-report.ts";
import { FaultyPorts, type PortFault } from "../../support/faulty-port.ts";
import { connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { csvOf, type Owner, oids } from "../../support/small-drop.ts";

/** Two good files, one of them with an attachment, one that is damaged, one that is there twice under two names. */
export async function beginDrop(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf());
  const note = { name: "note.txt", bytes: Buffer.from("a note") };
  const rows = [
    { id: "hello", from: "ann", to: ["bob", "eve"] },
    { id: "unheard", from: "eve", to: ["eve"] },
    { id: "noted", from: "bob", to: ["ann"], file: note },
  ];
  world.put("one.csv", csvOf(rows));
  world.put("two.csv", csvOf([{ id: "reply", from: "bob", to: ["ann"], room: "oil" }]));
  world.put("two-again.csv", csvOf([{ id: "reply", from: "bob", to: ["ann"], room: "oil" }]));
  world.put("bad.csv", "this is no chat\r\n");
  return world;
}

/** What a drop came to, as far as it must not depend on faults. */
export interface Outcome {
  readonly mailboxes: Record<Owner, string[]>;
  readonly report: Omit<DropReport, "closedAt" | "files">;
  /** What the files came to. Which of two equal ones counts as the first is nobody's business. */
  readonly files: readonly string[];
}

/** The mailboxes and the report as they stand. */
export async function outcomeOf(world: PipelineWorld, gen = 1): Promise<Outcome> {
  const { closedAt: _, files, ...report } = await world.report(dropOf(1), gen);
  const states = files.map(({ state, items, reason }) => `${state} ${items} ${reason?.code ?? ""}`);
  return { mailboxes: mailboxesOf(world), report, files: states.toSorted() };
}

/** What everybody has. */
export function mailboxesOf(world: PipelineWorld): Record<Owner, string[]> {
  return { ann: world.textsIn(oids.ann), bob: world.textsIn(oids.bob), cid: world.textsIn(oids.cid) };
}

/** What the drop comes to when nothing goes wrong, and how many calls that takes. */
export async function faultless(): Promise<Outcome & { readonly calls: number }> {
  const world = await beginDrop();
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

/** Runs the drop in a process that meets these faults; what follows it has none. */
export async function runWith(...faults: readonly PortFault[]): Promise<PipelineWorld> {
  const world = await beginDrop();
  world.start(new FaultyPorts(...faults));
  await world.runUntilQuiet();
  return world;
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
