import { listGraves } from "../../shared/pipeline/dead-work.ts";
import { readDrop } from "../../shared/pipeline/drop-book.ts";
import { leaveAudit } from "../../shared/pipeline/leave-audit.ts";
import { redriveDead } from "../../shared/pipeline/redrive-dead.ts";
import { releaseDrop } from "../../shared/pipeline/release-drop.ts";
import { toDeadEntry } from "../../shared/pipeline/report-dead.ts";
import { type Reprocessed, reprocessDrop, restartDrop } from "../../shared/pipeline/reprocess-drop.ts";
import { standingOfWork } from "../../shared/pipeline/work-standing.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import type { Clock } from "../../shared/store/clock.ts";
import type { Queues } from "../../shared/store/queues.ts";
import type { Log } from "../../shared/telemetry/log.ts";
import type { Command } from "./command.ts";
import { listDrops } from "./list-drops.ts";
import { Refused } from "./refused.ts";
import { showReport } from "./show-report.ts";
import { toCount, toDeadLine } from "./text.ts";

/** What a command takes. */
export interface OperateDeps {
  readonly blobs: Blobs;
  readonly queues: Queues;
  readonly log: Log;
  readonly clock: Clock;
  readonly writer: string;
  /** Who asks. */
  principal(): Promise<string>;
}

type Change = Extract<Command, { name: "redrive" | "release" | "restart" | "reprocess" }>;

/** Does what a command asks for and tells of it, piece by piece. @throws Refused with the reason when it is not done */
export async function* runCommand(deps: OperateDeps, command: Command): AsyncGenerator<string | Buffer> {
  switch (command.name) {
    case "list":
      for await (const line of listDrops(deps.blobs)) yield `${line}\n`;
      return;
    case "report":
      return yield* showReport(deps.blobs, command);
    case "dead":
      return yield* showDead(deps.blobs, command);
    case "redrive":
    case "release":
    case "restart":
    case "reprocess":
      return yield* change(deps, command);
  }
}

async function* showDead(blobs: Blobs, { drop }: Extract<Command, { name: "dead" }>): AsyncGenerator<string> {
  let found = 0;
  for await (const { path, dead } of listGraves(blobs, drop)) {
    const { work } = dead;
    const of = work !== undefined && "drop" in work ? await readDrop(blobs, work.drop) : undefined;
    const standing = work === undefined ? "open" : await standingOfWork(blobs, work, dead, of);
    const id = path.slice("state/dead/".length, -".json".length);
    yield `${standing === "open" ? "!" : "-"} ${id}  ${standing === "open" ? "" : `(${standing}) `}${toDeadLine(toDeadEntry(dead))}\n`;
    found += 1;
  }
  if (found === 0) yield "No work was given up.\n";
}

/** The record first: what is changed without one could be denied. */
async function* change(deps: OperateDeps, command: Change): AsyncGenerator<string> {
  const principal = await deps.principal();
  await leaveAudit(deps, { principal, by: "operate", action: command.name, ...toAudited(command) });
  switch (command.name) {
    case "redrive":
      return yield* redrive(deps, command);
    case "release": {
      const released = await releaseDrop(deps, command.drop, principal);
      if (released.outcome === "refused") throw new Refused(released.reason);
      return yield `Drop ${command.drop} is released: ${toCount(released.drop.items, "item")}.\n`;
    }
    case "restart":
      return yield toBegun(await restartDrop(deps, command.drop));
    case "reprocess":
      return yield toBegun(await reprocessDrop(deps, command.drop, command.scope));
  }
}

function toAudited(command: Change): { target: string; details: Record<string, string | string[]> } {
  const target = command.drop ?? "all drops";
  if (command.name === "redrive") {
    const { queue, id } = command;
    return { target, details: { ...(queue === undefined ? {} : { queue }), ...(id === undefined ? {} : { id }) } };
  }
  if (command.name !== "reprocess" || command.scope === undefined) return { target, details: {} };
  const { type, ...names } = command.scope;
  return { target, details: { [type]: Object.values(names).flat() } };
}

function toBegun(begun: Reprocessed): string {
  if (begun.outcome === "refused") throw new Refused(begun.reason);
  return `Drop ${begun.drop.id} goes on as generation ${begun.drop.gen}.\n`;
}

async function* redrive(deps: OperateDeps, command: Extract<Command, { name: "redrive" }>): AsyncGenerator<string> {
  const { drop, queue, id } = command;
  const asked = await redriveDead(deps, { drop, queue, id });
  for (const one of asked) {
    yield one.outcome === "sent" ? `sent again: ${one.id}\n` : `not sent: ${one.id}: ${one.reason}\n`;
  }
  if (asked.length === 0) throw new Refused("There is no such work that was given up.");
  if (asked.every(({ outcome }) => outcome === "refused")) throw new Refused("Nothing was sent again.");
}
