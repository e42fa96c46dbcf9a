import * as z from "zod";
import { chatDay, type DropId, fileId, importKey, type MailboxId, mailboxId } from "../../chat/identifiers.ts";
import type { People, Person } from "../../chat/people.ts";
import type { DropBoard } from "../../pipeline/drop-board.ts";
import { readDrop } from "../../pipeline/drop-book.ts";
import type { DropState } from "../../pipeline/drop-state.ts";
import type { GenerationReports, ToldReport } from "../../pipeline/generation-reports.ts";
import { MissingPeople } from "../../pipeline/import-people.ts";
import { openTable } from "../../pipeline/open-table.ts";
import { type ItemPlace, pageRunningItems, pageStoredItems, type ShownItem } from "../../pipeline/page-items.ts";
import { pageMailboxes, type ShownRun } from "../../pipeline/page-mailboxes.ts";
import { toUnreadable } from "../../pipeline/read-problem.ts";
import { csvKinds } from "../../pipeline/report-csv.ts";
import type { DeadEntry, ReportBody } from "../../report/drop-report.ts";
import type { Blobs } from "../../store/blobs.ts";
import { paths } from "../../store/paths.ts";
import {
  type GenerationView,
  generationRoutes,
  type ItemRow,
  itemOutcome,
  type MailboxRow,
  type ReportView,
  type UnmappedRow,
} from "../contract/generations.ts";
import { toOperations } from "../operation.ts";
import { noPlace, parseCursor, toCursor } from "../paging.ts";
import { ApiProblem, notFound, refused } from "../problem.ts";
import type { HandlersFor } from "../request.ts";
import { atIf, toInstant } from "./show-drop.ts";

/** What the endpoints of generations take. */
export interface GenerationDeps {
  readonly blobs: Blobs;
  readonly clock: { now(): number };
  readonly board: DropBoard;
  readonly reports: GenerationReports;
  /** A generation's resolved people, some of them kept. @throws MissingPeople */
  readonly peopleOf: (drop: DropId, gen: number) => Promise<People>;
}

const afterMailbox = z.object({ after: z.string() });
const afterRow = z.object({ row: z.number().int().nonnegative() });
const whole = z.number().int().nonnegative();
const itemPlace: z.ZodType<ItemPlace> = z.discriminatedUnion("in", [
  z.object({ in: z.literal("table"), offset: whole }),
  z.object({ in: z.literal("work"), mailbox: whole, row: whole }),
  z.object({ in: z.literal("index"), chunk: whole, row: whole, withOpen: z.boolean() }),
]);

const handlers: HandlersFor<typeof generationRoutes, GenerationDeps> = {
  readGeneration: async (deps, { params: { drop: id, gen } }) => {
    const told = await requireReport(deps, id, gen);
    const drop = await findRecord(deps.blobs, id);
    return { body: toGenerationView(told, drop, deps.clock.now()) };
  },
  downloadTable: async (deps, { params: { drop, gen, kind } }) => {
    const { report } = requireReadable(await requireReport(deps, drop, gen));
    const content = await openTable(deps.blobs, report, kind);
    if (content === undefined) throw refused("This table is not there: what it is made of was deleted or replaced.");
    return { file: { name: `${drop}-${gen}-${kind}.csv`, content } };
  },
  listMailboxes: async (deps, { params: { drop: id, gen }, query: { limit, cursor, ...filter } }) => {
    await requireGeneration(deps.blobs, id, gen);
    const after = cursor === undefined ? undefined : parseCursor(afterMailbox, cursor).after;
    const { runs, isLast } = await pageMailboxes(deps, { id, gen }, filter, { limit, after });
    const persons = await findPersons(deps, id, gen);
    const items = runs.map((run) => toMailboxRow(run, persons.get(run.mailbox)));
    const last = items.at(-1)?.mailbox;
    return { body: isLast || last === undefined ? { items } : { items, next: toCursor({ after: last }) } };
  },
  listItems: async ({ blobs }, { params: { drop: id, gen }, query: { limit, cursor, ...filter } }) => {
    const from = cursor === undefined ? undefined : parseCursor(itemPlace, cursor);
    const stored = await pageStoredItems(blobs, { id, gen }, filter, { limit, from });
    const page =
      stored ?? (await pageRunningItems(blobs, await requireRunning(blobs, id, gen), filter, { limit, from }));
    // A place in the middle of a row, which no page gave, cuts it.
    if (from !== undefined && page.items.some(({ key }) => !importKey.safeParse(key).success)) throw noPlace();
    const items = page.items.map(toItemRow);
    const unreadable = [...page.unreadable];
    return { body: { items, unreadable, ...(page.next === undefined ? {} : { next: toCursor(page.next) }) } };
  },
  listUnmapped: async (deps, { params: { drop, gen }, query: { limit, cursor, reason } }) => {
    const from = cursor === undefined ? 0 : parseCursor(afterRow, cursor).row;
    const { report } = requireReadable(await requireReport(deps, drop, gen));
    const wanted = report.unmappedPeople.filter((one) => reason === undefined || one.reason === reason);
    const people = wanted.sort((a, b) => b.items - a.items);
    const items = people.slice(from, from + limit).map(toUnmappedRow);
    const row = from + items.length;
    return { body: row < people.length ? { items, next: toCursor({ row }) } : { items } };
  },
};

/** The endpoints of generations. */
export const generationOperations = toOperations(generationRoutes, handlers);

async function requireReport({ reports }: GenerationDeps, id: DropId, gen: number): Promise<ToldReport> {
  const told = await reports.read(id, gen);
  if (told === undefined) throw notFound("generation of a drop");
  return told;
}

function requireReadable({ now, unreadable }: ToldReport): NonNullable<ToldReport["now"]> {
  if (now !== undefined) return now;
  throw new ApiProblem("failed", unreadable.problem);
}

async function requireGeneration(blobs: Blobs, id: DropId, gen: number): Promise<void> {
  const drop = await findRecord(blobs, id);
  // Where the record cannot be read its generations are still there.
  if (drop === undefined || (drop !== "unreadable" && drop.gen < gen)) throw notFound("generation of a drop");
}

/** A newer generation has taken the place of what the older one's items are told from, but for its table. */
async function requireRunning(blobs: Blobs, id: DropId, gen: number): Promise<DropState> {
  const drop = await findRecord(blobs, id);
  if (drop === undefined || (drop !== "unreadable" && drop.gen < gen)) throw notFound("generation of a drop");
  if (drop !== "unreadable" && drop.gen === gen && !drop.isCleaned) return drop;
  throw refused("The items of this generation are not there: it was given up, or what they are told from was deleted.");
}

async function findRecord(blobs: Blobs, id: DropId): Promise<DropState | "unreadable" | undefined> {
  try {
    return await readDrop(blobs, id);
  } catch (error) {
    if (toUnreadable(paths.open(id), error) === undefined) throw error;
    return "unreadable";
  }
}

function toGenerationView(
  { now, unreadable }: ToldReport,
  drop: DropState | "unreadable" | undefined,
  asOf: number,
): GenerationView {
  const isCleaned = drop !== "unreadable" && drop?.isCleaned === true;
  const common = { isCleaned, unreadable: unreadable === undefined ? [] : [unreadable] };
  if (now === undefined) {
    const state = drop === "unreadable" || drop === undefined ? "closed" : drop.state;
    return { ...common, status: state === "closed" ? "closed" : "running", state, asOf: toInstant(asOf), tables: [] };
  }
  const told = { report: toReportView(now.report), tables: [...csvKinds] };
  return now.status === "closed"
    ? { ...common, ...told, status: "closed", state: "closed", asOf: toInstant(now.report.closedAt) }
    : { ...common, ...told, status: "running", state: now.state, asOf: toInstant(now.asOf) };
}

function toReportView({ v: _v, dead, recovered, ...report }: ReportBody): ReportView {
  return { ...report, dead: dead.map(toDeadShown), recovered: recovered.map(toDeadShown) };
}

function toDeadShown({ firstAt, lastAt, redrivenAt, ...rest }: DeadEntry): ReportView["dead"][number] {
  return { ...rest, ...atIf("firstAt", firstAt), ...atIf("lastAt", lastAt), ...atIf("redrivenAt", redrivenAt) };
}

/** Who has which mailbox; nobody once the plaintext is deleted, or before it is resolved. */
async function findPersons(
  { peopleOf }: GenerationDeps,
  id: DropId,
  gen: number,
): Promise<ReadonlyMap<MailboxId, NonNullable<Person["mailbox"]>>> {
  try {
    const { persons } = await peopleOf(id, gen);
    return new Map(persons.flatMap(({ mailbox }) => (mailbox === undefined ? [] : [[mailbox.id, mailbox]])));
  } catch (error) {
    const isLacking = error instanceof MissingPeople || toUnreadable(paths.people(id, gen), error) !== undefined;
    if (!isLacking) throw error;
    return new Map();
  }
}

function toMailboxRow(run: ShownRun, person: Person["mailbox"]): MailboxRow {
  const { counts, nextAt, startedAt, progressedAt, ...rest } = run;
  return {
    ...{ ...rest, ...counts },
    ...(person === undefined ? {} : { address: person.address, displayName: person.displayName }),
    ...{ ...atIf("nextAt", nextAt), ...atIf("startedAt", startedAt), ...atIf("progressedAt", progressedAt) },
  };
}

function toItemRow({ key, chatDay: day, source, mailbox, outcome, reason }: ShownItem): ItemRow {
  const colon = source.indexOf(":");
  return {
    key: importKey.parse(key),
    ...(day === undefined ? {} : { chatDay: chatDay.parse(day) }),
    file: fileId.parse(source.slice(0, colon)),
    position: Number(source.slice(colon + 1)),
    ...(mailbox === undefined ? {} : { mailbox: mailboxId.parse(mailbox) }),
    outcome: itemOutcome.parse(outcome),
    ...(reason === undefined ? {} : { reason }),
  };
}

function toUnmappedRow({ participant, reason, items }: ReportBody["unmappedPeople"][number]): UnmappedRow {
  return { ...participant, reason, items, canBeMapped: participant.imId !== undefined };
}
