import { type MailboxId, mailboxId } from "../chat/identifiers.ts";
import { noTally, type Tally, total } from "../import/tally.ts";
import type { Row, Table } from "../report/csv.ts";
import type { Blobs } from "../store/blobs.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { type DropState, hasReached } from "./drop-state.ts";
import { listMisrouted, type Misrouted } from "./misrouted.ts";
import { listParts } from "./parts.ts";
import { type ResultLine, type RunSummary, readResult, readSummary } from "./run-result.ts";
import { readRun } from "./run-state.ts";

/** A mailbox of a generation. */
export interface ListedMailbox {
  readonly mailbox: MailboxId;
  /** Lines of its work list. */
  readonly items: number;
}

const columns = [
  ...["mailbox", "state", "reason", "available", "imported", "partial", "skipped", "failed", "open"],
  ...["degraded", "deviating", "missing", "moved", "double", "unrecorded", "unchecked", "days", "daysRead"],
];

/** The mailboxes of a generation, as far as they are gathered: by partition, in it by id. */
export async function* listMailboxes(blobs: Blobs, drop: DropState): AsyncGenerator<ListedMailbox> {
  for await (const { mailboxes } of listParts(blobs, drop)) {
    for (const [id, { items }] of Object.entries(mailboxes)) yield { mailbox: mailboxId.parse(id), items };
  }
}

/** One row for each mailbox run with its counts; of one that has not ended, what is settled so far. */
export function toMailboxTable(blobs: Blobs, drop: DropState): Table {
  const batches = mapAhead(listMailboxes(blobs, drop), 8, async (listed) => [await toRow(blobs, drop, listed)]);
  return { columns, batches };
}

async function toRow(blobs: Blobs, { id, gen }: DropState, { mailbox, items }: ListedMailbox): Promise<Row> {
  const summary = await readSummary(blobs, paths.result(id, gen, mailbox));
  if (summary !== undefined) return toEndedRow(summary);
  const run = await readRun(blobs, { drop: id, gen, mailbox });
  const settled = run?.settled ?? noTally;
  return [mailbox, run?.state ?? "pending", run?.reason, ...toCounts(items, settled)];
}

function toEndedRow({ mailbox, state, reason, available, counts, degraded, deviating, verify }: RunSummary): Row {
  const { missing, moved, double, unrecorded, unchecked, days, daysRead } = verify;
  return [
    ...[mailbox, state, reason, ...toCounts(available, counts), degraded, deviating],
    ...[missing, moved, double, unrecorded, unchecked, days, daysRead],
  ];
}

function toCounts(available: number, counts: Tally): number[] {
  const { imported, partial, skipped, failed } = counts;
  return [available, imported, partial, skipped, failed, available - total(counts)];
}

/** Every failed item. @param some whether there is any: else no result is read for it */
export function toFailureTable(blobs: Blobs, drop: DropState, some: boolean): Table {
  const batches = !some
    ? []
    : listResultRows(blobs, drop, (line, mailbox) =>
        line.type === "failed" ? [line.key, line.source, mailbox, line.reason] : undefined,
      );
  return { columns: ["key", "source", "mailbox", "reason"], batches };
}

/** What reading the folders back found, as far as it is named one by one. @param some whether there is anything */
export function toFindingTable(blobs: Blobs, drop: DropState, some: boolean): Table {
  const batches = !some
    ? []
    : listResultRows(blobs, drop, (line, mailbox) =>
        "chatDay" in line ? [line.type, line.key, line.chatDay, mailbox] : undefined,
      );
  return { columns: ["finding", "key", "chatDay", "mailbox"], batches };
}

async function* listResultRows(
  blobs: Blobs,
  drop: DropState,
  toCells: (line: ResultLine, mailbox: MailboxId) => Row | undefined,
): AsyncGenerator<Row[]> {
  const { id, gen } = drop;
  const results = mapAhead(listMailboxes(blobs, drop), 8, async ({ mailbox }) => ({
    mailbox,
    lines: await readResult(blobs, paths.result(id, gen, mailbox)),
  }));
  for await (const { mailbox, lines } of results) {
    for await (const line of lines ?? []) {
      const cells = toCells(line, mailbox);
      if (cells !== undefined) yield [cells];
    }
  }
}

/** Every item that lies in a mailbox which the mapping no longer names for it. */
export function toMisroutedTable(blobs: Blobs, { id, gen, scope, state }: DropState): Table {
  const columns = ["key", "chatDay", "source", "mailbox", "generation", "isInDoubt"];
  if (gen === 1 || !hasReached(state, "verifying")) return { columns, batches: [] };
  return { columns, batches: toMisroutedRows(listMisrouted(blobs, id, gen, scope)) };
}

async function* toMisroutedRows(misrouted: AsyncIterable<Misrouted>): AsyncGenerator<Row[]> {
  for await (const { key, chatDay, source, mailbox, generation, isInDoubt } of misrouted) {
    yield [[key, chatDay, source, mailbox, generation, isInDoubt]];
  }
}
