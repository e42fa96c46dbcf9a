import type { CastMember, Entry, SampleFile, SampleStay, Script } from "./sample-types.ts";

/** What a conversation is made with. */
export interface ScriptSettings {
  readonly id: string;
  readonly room?: string;
  readonly perspective: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly unit: "s" | "ms";
  readonly layout?: Script["layout"];
  /** Whether messages get ids. */
  readonly hasIds: boolean;
  /** Whether files get ids too: transfers have none. */
  readonly filesHaveIds: boolean;
  readonly namesEmailsOnly?: boolean;
}

/** How one entry differs from a plain message with a new id. */
export type EntryChange = Partial<
  Pick<Entry, "kind" | "writtenAt" | "file" | "refersTo" | "editedBy" | "touchedAt">
> & {
  /** `null`: this message has no id even where others have. */
  readonly messageId?: string | null;
};

/** Builds a conversation entry by entry. Times are rounded down to the conversation's unit. */
export class ScriptBuilder {
  readonly settings: ScriptSettings;
  readonly #stays: SampleStay[] = [];
  readonly #silent = new Set<CastMember>();
  readonly #entries: { entry: Entry; filedAt: number }[] = [];
  #ids = 0;

  /** Begins an empty conversation. */
  constructor(settings: ScriptSettings) {
    this.settings = settings;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** Somebody is in the conversation from one time to another; null = the export does not tell. */
  stay(member: CastMember, from: number | null, to: number | null): this {
    this.#stays.push({
      member,
      from: from === null ? null : this.rounded(from),
      to: to === null ? null : this.rounded(to),
    });
    return this;
  }

  /** Everyone is there from the start to the end. */
  stayAll(members: readonly CastMember[]): this {
    for (const member of new Set(members)) this.stay(member, this.settings.startsAt, this.settings.endsAt);
    return this;
  }

  /** Somebody of whom the export tells no join and no leave; he or she sends plain messages only. */
  silentStay(member: CastMember): this {
    this.#silent.add(member);
    return this;
  }

  /** Whether the export tells joins and leaves of somebody. */
  hasStay(member: CastMember): boolean {
    return this.#stays.some((stay) => stay.member === member);
  }

  /** Whether somebody may speak: is there, or is one of whom no joins are told. */
  isThere(member: CastMember, at: number): boolean {
    return this.#silent.has(member) || this.#stays.some((stay) => stay.member === member && covers(stay, at));
  }

  /** The next message's id. */
  nextId(): string {
    this.#ids += 1;
    return `${this.settings.id}-m${this.#ids}`;
  }

  /** Adds an entry. */
  say(at: number, by: CastMember, text: string, change: EntryChange = {}): Entry {
    const { messageId: asked, ...rest } = change;
    const messageId = asked === undefined && this.settings.hasIds ? this.nextId() : (asked ?? undefined);
    const sentAt = this.rounded(at);
    const id = messageId === undefined ? {} : { messageId };
    const entry: Entry = { kind: "message", at: sentAt, writtenAt: sentAt, by, text, isRepeat: false, ...rest, ...id };
    this.#entries.push({ entry, filedAt: sentAt });
    return entry;
  }

  /** An edit: the original stays as it was sent, the new text comes as an entry of its own. */
  edit(original: Entry, at: number, text: string): Entry {
    const messageId = this.nextId();
    const editedAt = this.rounded(at);
    this.#replace(original, { ...original, editedBy: { messageId, at: editedAt } });
    const refersTo = original.messageId === undefined ? {} : { refersTo: original.messageId };
    return this.say(at, original.by, text, { kind: "edit", messageId, writtenAt: original.writtenAt, ...refersTo });
  }

  /** A deletion notice; the export may also have the message as it was sent, or not. */
  remove(original: Entry, at: number, isOriginalKept: boolean): void {
    if (!isOriginalKept) this.#entries.splice(this.#find(original), 1);
    const id = original.messageId ?? this.nextId();
    const change = { kind: "delete", messageId: id, refersTo: id, writtenAt: original.writtenAt } as const;
    this.say(at, original.by, original.text, change);
  }

  /** A file; with words it is a message that has a file. */
  attach(at: number, by: CastMember, file: SampleFile, text = ""): Entry {
    const id = this.settings.filesHaveIds ? {} : { messageId: null };
    return this.say(at, by, text, { kind: text === "" ? "file" : "message", file, ...id });
  }

  /** The export has an entry once more among those of a later time: history, delivered before. */
  repeat(entry: Entry, filedAt: number): void {
    this.#entries.push({ entry: { ...entry, isRepeat: true }, filedAt });
  }

  /** Rounds a time down to the conversation's unit, which is how it is written. */
  rounded(at: number): number {
    return this.settings.unit === "s" ? Math.floor(at / 1000) * 1000 : Math.floor(at);
  }

  /** The conversation, cut to at most `limit` entries. */
  build(limit = Number.POSITIVE_INFINITY): Script {
    const filed = this.#entries.toSorted((a, b) => a.filedAt - b.filedAt).slice(0, limit);
    const entries = filed.map(({ entry }) => entry);
    const { hasIds: _, filesHaveIds: _files, layout = "by-time", namesEmailsOnly = false, ...settings } = this.settings;
    const silentStays = [...this.#silent].flatMap((member) => toSilentStay(member, entries));
    return { ...settings, layout, namesEmailsOnly, stays: this.#stays, silentStays, entries };
  }

  #replace(before: Entry, after: Entry): void {
    const at = this.#find(before);
    this.#entries[at] = { entry: after, filedAt: before.at };
  }

  #find(entry: Entry): number {
    const at = this.#entries.findLastIndex((known) => known.entry === entry);
    if (at < 0) throw new RangeError("this entry is not of this conversation");
    return at;
  }
}

function toSilentStay(member: CastMember, entries: readonly Entry[]): SampleStay[] {
  const times = entries.filter(({ by }) => by === member).map(({ at }) => at);
  return times.length === 0 ? [] : [{ member, from: Math.min(...times), to: Math.max(...times) }];
}

/** Who was there at an instant, both ends of a stay included, less the sender; each once, in the order of coming. */
export function othersPresent(script: Script, at: number, sender: CastMember): CastMember[] {
  const found: CastMember[] = [];
  for (const stays of [script.stays, script.silentStays]) {
    for (const stay of stays) {
      if (stay.member !== sender && covers(stay, at) && !found.includes(stay.member)) found.push(stay.member);
    }
  }
  return found;
}

function covers({ from, to }: SampleStay, at: number): boolean {
  return (from === null || from <= at) && (to === null || at <= to);
}
