import { type Participant, participant } from "../chat/chat-item.ts";
import type { DropId, FileId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import { paths } from "../store/paths.ts";
import { BrokenState } from "./broken-state.ts";

/** A file's participants, in the order of their numbers. */
export async function readParticipants(blobs: Blobs, drop: DropId, file: FileId): Promise<Participant[]> {
  const bytes = await blobs.stream(paths.participants(drop, file));
  if (bytes === undefined) throw new BrokenState(`The participants of file ${file} of drop ${drop} are missing.`);
  const people: Participant[] = [];
  for await (const line of readLines(bytes)) people.push(participant.parse(JSON.parse(line)));
  return people;
}
