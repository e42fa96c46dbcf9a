import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { connector } from "../../../shared/config/connector.ts";
import type { Site } from "../../../shared/fetch/site.ts";
import { fetchNow } from "../../../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../../../shared/pipeline/gather-mailboxes.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { mapChats } from "../../../shared/pipeline/map-chats.ts";
import { openDropFile } from "../../../shared/pipeline/open-drop-file.ts";
import { sweep } from "../../../shared/pipeline/sweep.ts";
import { parseTicketPath } from "../../../shared/pipeline/ticket-path.ts";
import { mapAhead } from "../../../shared/store/map-ahead.ts";
import { paths } from "../../../shared/store/paths.ts";
import type { QueueName, Queues, Task } from "../../../shared/store/queues.ts";
import { putDocument } from "../../../shared/store/state-document.ts";
import type { EventName } from "../../../shared/telemetry/events.ts";
import type { LogFields } from "../../../shared/telemetry/log.ts";
import type { Body } from "../measure/body.ts";
import { Stopwatch } from "../measure/stopwatch.ts";
import { startImport } from "../rows/import-setup.ts";
import type { MeasuredStage } from "./measured-days.ts";

const argsOf = z.object({ path: z.string(), pgpKey: z.string() });
const name = connectorName.parse("bench");
/** As many messages at once as the host takes. */
const atOnce = 4;

/**
 * Sends one encrypted file through all stages of the app in this process, stage after stage, on Azurite and the cheap Graph,
 * and tells what each of them took: processor time, requests, and what there was to do.
 */
export const measuredDayBody: Body = async (args, watch) => {
  const { path, pgpKey } = argsOf.parse(args);
  const told: Record<string, number> = {};
  const add = (what: string, value: number): void => {
    told[what] = (told[what] ?? 0) + value;
  };
  let stage: MeasuredStage = "fetch";
  const onEvent = (event: EventName, fields: LogFields): void => describe(add, event, fields);
  const observe = ({ dependency }: { dependency: string }): void => add(`${stage} ${dependency}`, 1);
  const setup = await startImport({ onEvent, observe });
  const sent = collectTasks(setup.stages.queues);
  const secrets = { get: async () => pgpKey, getOptional: async () => undefined, datesOf: async () => undefined };
  const openSite = async (): Promise<Site> => siteOf(path);
  const deps = {
    ...setup.stages,
    queues: sent.queues,
    secrets,
    openSite,
    settleInMs: 1,
    import: { ...setup.import, queues: sent.queues },
  };
  const time = async (one: MeasuredStage, work: () => Promise<unknown>): Promise<void> => {
    stage = one;
    const own = new Stopwatch();
    await watch.time(() => own.time(work));
    add(`${one} cpuInMs`, own.taken.cpuInMs);
    add(`${one} wallInMs`, own.taken.wallInMs);
  };
  const take = <Q extends QueueName>(queue: Q, work: (task: Task<Q>) => Promise<unknown>): Promise<void> =>
    inTurn(sent.take(queue), work);
  try {
    await saveConnector(deps);
    await time("fetch", () => fetchNow(deps, name));
    await time("open", async () => {
      for await (const ticket of deps.blobs.list("released/bench"))
        await openDropFile(deps, parseTicketPath(ticket.path));
    });
    await time("map", () => take("chats", (task) => mapChats(deps, task)));
    await time("gather", () => take("partitions", (task) => gatherMailboxes(deps, task)));
    await time("import", () => take("mailboxes", (task) => importMailbox(deps.import, task)));
    await time("close", () => sweep(deps));
    if (told["closed"] !== 1) throw new Error("the day was not closed");
    return told;
  } finally {
    await setup.stop();
  }
};

async function inTurn<T>(tasks: readonly T[], work: (task: T) => Promise<unknown>): Promise<void> {
  for await (const _ of mapAhead(tasks, atOnce, work));
}

async function saveConnector({ blobs }: { readonly blobs: Parameters<typeof putDocument>[0] }): Promise<void> {
  const site = { host: "sftp.example", user: "BENCH", hostKeys: [`SHA256:${"A".repeat(43)}`], folder: "/" };
  const one = connector.parse({ v: 1, name, feed: "BENCH", site, itemLimit: 0 });
  await putDocument(blobs, paths.connector(name), connector, () => one, { writer: "bench" });
}

/** What there was to do, as the app tells it. */
function describe(add: (what: string, value: number) => void, event: EventName, fields: LogFields): void {
  if (event === "file.sealed") add("chunks", Number(fields["chunks"]));
  if (event === "people.resolved") add("persons", Number(fields["persons"]));
  if (event === "partition.gathered") add("partitions", 1);
  if (event === "run.ended") add("runs", 1);
  if (event !== "drop.closed") return;
  add("items", Number(fields["items"]));
  add("available", Number(fields["available"]));
  add("closed", 1);
}

/** Messages are sent as they are, and kept for the one who takes them here. */
function collectTasks(real: Queues) {
  const kept: { readonly queue: QueueName; readonly task: Task<QueueName> }[] = [];
  const queues: Queues = {
    send: async (queue, task, delayInMs) => {
      await real.send(queue, task, delayInMs);
      kept.push({ queue, task });
    },
  };
  const take = <Q extends QueueName>(queue: Q): Task<Q>[] => {
    const mine = kept.filter((one): one is { queue: Q; task: Task<Q> } => one.queue === queue);
    kept.splice(0, kept.length, ...kept.filter((one) => one.queue !== queue));
    return mine.map(({ task }) => task);
  };
  return { queues, take };
}

/** A site with one file that has not changed for an hour. */
async function siteOf(path: string): Promise<Site> {
  const { size, mtimeMs } = await stat(path);
  const modifiedAt = Math.floor(mtimeMs / 1000) * 1000;
  const entry = { path: `/${basename(path)}`, sizeInBytes: size, modifiedAt };
  return {
    list: async () => ({ files: [entry], unusable: 0 }),
    stat: async () => entry,
    read: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
    end: async () => undefined,
  };
}
