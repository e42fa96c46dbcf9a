import type { MailboxId } from "../chat/identifiers.ts";

const fewest = 2;
const mostMailboxesEach = 2_000;
/** 400,000 lines of 400 bytes are some 30 MB compressed, which is what a partition holds in memory. */
const mostDeliveriesEach = 400_000;

/**
 * How many partitions a drop is gathered in: 2, and more when it has thousands of mailboxes or millions of deliveries, so
 * that memory does not grow with the drop. Each of them reads all routed chunks, so that more than memory asks for cost
 * time (m: 8 instead of 2 three times as much of it) and reads. To be chosen once a generation and kept: it decides who is
 * where.
 */
export function choosePartitions(mailboxes: number, deliveries = 0): number {
  return Math.max(fewest, Math.ceil(mailboxes / mostMailboxesEach), Math.ceil(deliveries / mostDeliveriesEach));
}

/** The partition of a mailbox, 0 to P - 1: FNV-1a of its id, which never changes, so a repeated gather finds the same. */
export function toPartition(mailbox: MailboxId, P: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < mailbox.length; i++) hash = Math.imul(hash ^ mailbox.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % P;
}
