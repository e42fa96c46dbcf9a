import { choosePartitions } from "../gather/partitions.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Queues } from "../store/queues.ts";
import { toRunId } from "../telemetry/trace.ts";
import type { DropState } from "./drop-state.ts";
import { createPeopleShelf } from "./import-people.ts";

/** Mailboxes that an item goes to, on the average: only memory depends on it. */
const mailboxesEach = 3;

/** How many partitions a drop's mailboxes are gathered in: by how many mailboxes its people have. */
export async function toPartitionCount(blobs: Blobs, drop: DropState): Promise<number> {
  if (drop.chunks === 0) return 0;
  const { persons } = await createPeopleShelf(blobs, 1)(drop.id, drop.gen);
  const mailboxes = new Set(persons.flatMap(({ mailbox }) => (mailbox === undefined ? [] : [mailbox.id])));
  return choosePartitions(mailboxes.size, drop.items * mailboxesEach);
}

/** One message a partition. */
export async function sendPartitions(deps: { readonly queues: Queues }, drop: DropState): Promise<void> {
  const { id, gen, partitions = 0 } = drop;
  for (let p = 0; p < partitions; p += 1) {
    await deps.queues.send("partitions", { v: 1, runId: toRunId(id, gen), drop: id, gen, p, P: partitions });
  }
}
