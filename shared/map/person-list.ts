import type { Participant } from "../chat/chat-item.ts";
import type { FileId } from "../chat/identifiers.ts";

/** A drop file and the people it names, in the order of their numbers. */
export interface FileParticipants {
  readonly file: FileId;
  readonly participants: AsyncIterable<Participant> | Iterable<Participant>;
}

/** The people of all files, each once, and the number each file's people have among them. */
export class PersonList {
  readonly participants: readonly Participant[];
  readonly files: Readonly<Record<FileId, readonly number[]>>;

  private constructor(participants: readonly Participant[], files: Readonly<Record<FileId, readonly number[]>>) {
    this.participants = participants;
    this.files = files;
  }

  /** Reads all files. Numbers follow the files' ids, not the order in which they come. */
  static async read(files: AsyncIterable<FileParticipants> | Iterable<FileParticipants>): Promise<PersonList> {
    const read: { file: FileId; participants: Participant[] }[] = [];
    const known = new Map<string, Participant>();
    for await (const { file, participants } of files) {
      const own: Participant[] = [];
      for await (const one of participants) own.push(sharedOne(known, one));
      read.push({ file, participants: own });
    }
    read.sort((a, b) => (a.file < b.file ? -1 : 1));
    const numbers = new Map<Participant, number>();
    for (const { participants } of read) {
      for (const one of participants) if (!numbers.has(one)) numbers.set(one, numbers.size);
    }
    const toNumber = (one: Participant): number => numbers.get(one) ?? -1;
    const byFile = read.map(({ file, participants }) => [file, participants.map(toNumber)] as const);
    return new PersonList([...numbers.keys()], Object.fromEntries(byFile));
  }
}

/** One object for all that are equal in every field: two people who share a name only must stay two. */
function sharedOne(known: Map<string, Participant>, { imId, email, displayName, firm }: Participant): Participant {
  const key = JSON.stringify([imId ?? null, email ?? null, displayName ?? null, firm ?? null]);
  const shared = known.get(key);
  if (shared !== undefined) return shared;
  const first: Participant = {
    ...(imId === undefined ? {} : { imId }),
    ...(email === undefined ? {} : { email }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(firm === undefined ? {} : { firm }),
  };
  known.set(key, first);
  return first;
}
