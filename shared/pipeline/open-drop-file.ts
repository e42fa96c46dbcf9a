import type { ChatLine } from "../chat/chat-item.ts";
import { type DropId, type FileId, toChatDay } from "../chat/identifiers.ts";
import { profileNamed } from "../parse/profiles.ts";
import { type RosterLine, rosterLine } from "../parse/roster-line.ts";
import { toChatLines } from "../parse/to-chat-lines.ts";
import type { Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { mapAhead } from "../store/map-ahead.ts";
import { paths } from "../store/paths.ts";
import { createDocument, readDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import { toRunId } from "../telemetry/trace.ts";
import { type AdvanceDeps, advanceDrop } from "./advance-drop.ts";
import { BrokenState } from "./broken-state.ts";
import { readDrop } from "./drop-book.ts";
import { type DropState, hasReached, sealed } from "./drop-state.ts";
import { ensurePeople, type PeopleDeps } from "./ensure-people.ts";
import { rulesOf } from "./feed-rules.ts";
import { readFiles } from "./file-book.ts";
import type { DropFile, FileState } from "./file-state.ts";
import { toParseContext } from "./parse-context.ts";
import { putOnce } from "./put-once.ts";
import { readParticipants } from "./read-participants.ts";
import type { TicketPath } from "./ticket-path.ts";
import { type Chunk, toChunks } from "./to-chunks.ts";

/** What opening a drop file takes. */
export interface OpenDropFileDeps extends AdvanceDeps, PeopleDeps {
  readonly clock: PeopleDeps["clock"];
}

/**
 * Streams a released chat file through its parser into chunks, one message each, and seals it. All of it is
 * deterministic, so doing it twice, or twice at once, makes the same blobs. A file that is sealed already (another
 * generation, or the same event again) only has its messages sent. An event that comes before the drop is released, or
 * when all is routed, has nothing to do.
 */
export async function openDropFile(deps: OpenDropFileDeps, { drop: id, gen, file }: TicketPath): Promise<void> {
  const drop = await readDrop(deps.blobs, id);
  if (drop === undefined || drop.gen !== gen) return;
  if (!hasReached(drop.state, "released") || hasReached(drop.state, "routed")) return;
  // Before the first message: else each chunk is taken in vain, again and again, while the people are being looked up.
  // Where that fails each chunk's mapping asks once more, and tells why, comes again and is buried as any message is.
  await ensurePeople(deps, drop).catch((fault: unknown) =>
    deps.log.info("people.not-resolved-yet", { drop: id, gen, ...toErrorFields(fault) }),
  );
  const seal = (await readDocument(deps.blobs, paths.sealed(id, file), sealed))?.value;
  if (seal === undefined) await cutIntoChunks(deps, drop, file);
  else for (let chunk = 0; chunk < seal.chunks; chunk += 1) await sendChunk(deps, drop, file, chunk);
  await advanceDrop(deps, id);
}

async function cutIntoChunks(deps: AdvanceDeps, drop: DropState, file: FileId): Promise<void> {
  let [chunks, items] = [0, 0];
  const put = async (chunk: Chunk): Promise<number> => {
    await putOnce(deps.blobs, paths.chunk(drop.id, file, chunk.number), chunk.gzip);
    await sendChunk(deps, drop, file, chunk.number);
    return chunk.items;
  };
  // One is parsed while the one before it is on its way.
  for await (const sent of mapAhead(toChunks(await readChatLines(deps.blobs, drop, file)), 2, put)) {
    chunks += 1;
    items += sent;
  }
  const counted = drop.chatFiles.find(({ id }) => id === file)?.items;
  if (items !== counted) {
    throw new BrokenState(
      `File ${file} of drop ${drop.id} was counted with ${counted} items and parsed with ${items}.`,
    );
  }
  await createDocument(deps.blobs, paths.sealed(drop.id, file), sealed, { chunks, items }, { writer: deps.writer });
  deps.log.info("file.sealed", {
    drop: drop.id,
    gen: drop.gen,
    file,
    chunks,
    items,
  });
}

async function readChatLines(blobs: Blobs, drop: DropState, id: FileId): Promise<AsyncIterable<ChatLine>> {
  const { listed, file } = await findFile(blobs, drop, id);
  const bytes = await blobs.stream(paths.dropFile(drop.id, id));
  if (bytes === undefined) throw new BrokenState(`The plaintext of file ${id} of drop ${drop.id} is missing.`);
  const ruleOf = await rulesOf(blobs, drop.feed);
  const context = toParseContext(blobs, file, { drop: drop.id, ...file, besides: listed.besides });
  return toChatLines(profileNamed(file.profile).parse(bytes, context), {
    feed: drop.feed,
    ruleFor: ({ sentAt }) => ruleOf(toChatDay(sentAt)),
    participants: await readParticipants(blobs, drop.id, id),
    rosters: readRosters(blobs, drop.id, id),
  });
}

async function findFile(blobs: Blobs, drop: DropState, id: FileId): Promise<{ listed: FileState; file: DropFile }> {
  for (const listed of await readFiles(blobs, drop)) {
    const file = listed.dropFiles.find((one) => one.id === id);
    if (file !== undefined) return { listed, file };
  }
  throw new BrokenState(`Drop ${drop.id} has no chat file ${id}.`);
}

async function* readRosters(blobs: Blobs, drop: DropId, file: FileId): AsyncIterable<RosterLine> {
  const bytes = await blobs.stream(paths.rosters(drop, file));
  if (bytes === undefined) throw new BrokenState(`The rosters of file ${file} of drop ${drop} are missing.`);
  for await (const line of readLines(bytes)) yield rosterLine.parse(JSON.parse(line));
}

async function sendChunk(deps: AdvanceDeps, drop: DropState, file: FileId, chunk: number): Promise<void> {
  const { id, gen } = drop;
  await deps.queues.send("chats", { v: 1, runId: toRunId(id, gen), drop: id, gen, file, chunk });
}
