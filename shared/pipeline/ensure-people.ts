import * as z from "zod";
import { type DropId, type MailboxAddress, mailboxId } from "../chat/identifiers.ts";
import type { People } from "../chat/people.ts";
import type { GroupMembers } from "../directory/group-members.ts";
import type { MailboxFinding } from "../directory/mailbox-finder.ts";
import { EarlierMailboxes, type FoundMailboxes, toFoundMailboxes } from "../map/earlier-mailboxes.ts";
import { type Mapping, parseMapping } from "../map/mapping.ts";
import type { MappingFault } from "../map/mapping-line.ts";
import { toMappingNotes } from "../map/mapping-notes.ts";
import type { FileParticipants } from "../map/person-list.ts";
import { resolvePeople } from "../map/resolve-people.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import { paths } from "../store/paths.ts";
import type { Log } from "../telemetry/log.ts";
import { BrokenState } from "./broken-state.ts";
import { connectorOf } from "./connector-book.ts";
import type { DropState } from "./drop-state.ts";
import { readOnly } from "./hold-list.ts";
import type { ImportDeps } from "./import-deps.ts";
import { MissingPeople } from "./import-people.ts";
import { readParticipants } from "./read-participants.ts";
import { withLease } from "./with-lease.ts";

/** What resolving a drop's people takes. */
export interface PeopleDeps {
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly lockInMs: number;
  /** Who is in a group of Entra's. */
  readonly groupMembers: GroupMembers;
  readonly findMailbox: (address: MailboxAddress, signal?: AbortSignal) => Promise<MailboxFinding>;
  /** Reads the document once it is there, and keeps a few. */
  readonly peopleOf: ImportDeps["peopleOf"];
  /** How long to wait while another process resolves the people. */
  readonly peopleWaitInMs: number;
}

/** `state/found/{drop}/{gen}`: whose mailboxes the people's own addresses were. */
const foundMailboxes = z.record(z.string(), mailboxId);
const pathOfFound = (drop: DropId, gen: number): BlobPath => `state/found/${drop}/${gen}`;

/**
 * The resolved people of a drop's generation: made once, create-only, before the first chunk is mapped, so that one drop
 * never holds two answers about one person. Undefined while another process is at it. A directory that cannot be asked
 * fails the whole: it is tried again, and nobody becomes unmapped for it.
 */
export async function ensurePeople(deps: PeopleDeps, drop: DropState): Promise<People | undefined> {
  const known = await deps.peopleOf(drop.id, drop.gen).catch(undefinedIfMissing);
  if (known !== undefined) return known;
  const isDone = await withLease(deps, paths.lock(`people-${drop.id}-${drop.gen}`), (lost) =>
    resolve(deps, drop, lost),
  );
  return isDone === undefined ? undefined : await deps.peopleOf(drop.id, drop.gen);
}

function undefinedIfMissing(error: unknown): undefined {
  if (error instanceof MissingPeople) return undefined;
  throw error;
}

async function resolve(deps: PeopleDeps, drop: DropState, lost: AbortSignal): Promise<true> {
  const path = paths.people(drop.id, drop.gen);
  // Another may have had the lease, and been done, since we looked.
  if ((await deps.blobs.head(path)) !== undefined) return true;
  const { mapping: rules, people: wanted } = await connectorOf(deps.blobs, drop.connector);
  const { mapping, warnings: repeated } = await readMapping(deps.blobs, drop);
  const only = await readOnly(deps, drop.connector, wanted, lost);
  const { people, warnings, changedHands } = await resolvePeople(
    { findMailbox: deps.findMailbox, signal: lost },
    {
      drop: drop.id,
      gen: drop.gen,
      files: listParticipants(deps.blobs, drop),
      mapping,
      isAutomatic: rules.isAutomatic,
      earlier: await readEarlier(deps.blobs, drop),
      only,
    },
  );
  // Kept longer than the people, who are plaintext; and written first, so that no generation is mapped without it.
  const found = toFoundMailboxes(people.persons);
  await deps.blobs.create(pathOfFound(drop.id, drop.gen), Buffer.from(JSON.stringify(found)));
  // In the same blob as the people: what the report says of the mapping is then of the one that was used.
  const mappingNotes = toMappingNotes(mapping, repeated, { people, warnings });
  await deps.blobs.create(path, Buffer.from(JSON.stringify({ ...people, mappingNotes })));
  const unmapped = people.persons.filter(({ mailbox }) => mailbox === undefined).length;
  const facts = { drop: drop.id, gen: drop.gen };
  deps.log.info("people.resolved", {
    ...facts,
    persons: people.persons.length,
    unmapped,
    mappingFaults: mappingNotes.length,
    listFaults: warnings.filter(({ kind }) => kind === "only").length,
  });
  if (changedHands > 0) deps.log.warn("people.addresses-changed-hands", { ...facts, persons: changedHands });
  return true;
}

/** A generation that was given up may have none. This one has some where it was begun and its process died. */
async function readEarlier(blobs: Blobs, { id, gen: last }: DropState): Promise<EarlierMailboxes> {
  const generations: FoundMailboxes[] = [];
  for (let gen = 1; gen <= last; gen += 1) {
    const found = await blobs.read(pathOfFound(id, gen));
    if (found !== undefined) generations.push(foundMailboxes.parse(JSON.parse(found.bytes.toString("utf8"))));
  }
  return new EarlierMailboxes(generations);
}

async function* listParticipants(blobs: Blobs, drop: DropState): AsyncIterable<FileParticipants> {
  for (const { id } of drop.chatFiles) yield { file: id, participants: await readParticipants(blobs, drop.id, id) };
}

async function readMapping(
  blobs: Blobs,
  drop: DropState,
): Promise<{ readonly mapping: Mapping | undefined; readonly warnings: readonly MappingFault[] }> {
  const stored = await blobs.read(paths.mapping(drop.connector));
  if (stored === undefined) return { mapping: undefined, warnings: [] };
  const parsed = await parseMapping([stored.bytes]);
  if (parsed.isValid) return parsed;
  const lines = parsed.faults.slice(0, 5).map(({ line, reason }) => `line ${line}: ${reason}`);
  throw new BrokenState(
    `The mapping of connector ${drop.connector} cannot be used (${lines.join("; ")}). Upload it again.`,
  );
}
