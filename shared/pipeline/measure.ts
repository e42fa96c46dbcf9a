import type { ConnectorName } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { type QueueDepths, type QueueName, tasks } from "../store/queues.ts";
import type { Log } from "../telemetry/log.ts";
import { connectorOf, listConnectors } from "./connector-book.ts";
import { listOpenIds, readOpenDrop } from "./drop-book.ts";
import { readFetchRecord } from "./fetch-record.ts";

/** What measuring takes. */
export interface MeasureDeps {
  readonly blobs: Blobs;
  readonly queueDepths: QueueDepths;
  readonly log: Log;
  readonly clock: { now(): number };
}

/**
 * Says how much waits and for how long: queues, open drops, connectors. It reads and changes nothing. One connector's
 * fault does not hide the others; the first is thrown at the end.
 * @param isNoneOpen whether it is known that no drop is open, so that nobody need look
 */
export async function measure(deps: MeasureDeps, isNoneOpen = false): Promise<void> {
  for (const queue of queueNames())
    deps.log.info("queue.measured", { queue, ...(await deps.queueDepths.depthOf(queue)) });
  await measureDrops(deps, isNoneOpen);
  const faults: unknown[] = [];
  for (const name of await listConnectors(deps.blobs)) {
    await measureConnector(deps, name).catch((fault: unknown) => faults.push(fault));
  }
  if (faults.length > 0) throw faults[0];
}

function queueNames(): QueueName[] {
  return Object.keys(tasks).filter((name): name is QueueName => name in tasks);
}

async function measureDrops({ blobs, log, clock }: MeasureDeps, isNoneOpen: boolean): Promise<void> {
  let [open, held, oldestOpenInMs] = [0, 0, 0];
  for await (const id of isNoneOpen ? [] : listOpenIds(blobs)) {
    const drop = await readOpenDrop(blobs, id);
    if (drop === undefined) continue;
    open += 1;
    if (drop.state === "held") held += 1;
    oldestOpenInMs = Math.max(oldestOpenInMs, clock.now() - drop.openedAt);
  }
  log.info("drops.measured", { open, held, oldestOpenInMs });
}

async function measureConnector({ blobs, log, clock }: MeasureDeps, name: ConnectorName): Promise<void> {
  const { isPaused } = await connectorOf(blobs, name);
  const { fetchedAt, lastFileAt } = (await readFetchRecord(blobs, name)) ?? {};
  const since = (time: number | undefined): number | undefined => (time === undefined ? undefined : clock.now() - time);
  log.info("connector.measured", {
    connector: name,
    isPaused,
    sinceFetchInMs: since(fetchedAt),
    sinceFileInMs: since(lastFileAt),
  });
}
