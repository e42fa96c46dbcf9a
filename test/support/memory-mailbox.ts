import { type ChatDay, type ImportKey, importKey } from "../../shared/chat/identifiers.ts";
import type { EmailItem, GraphMessage } from "../../shared/import/email-item.ts";
import type { Answer, CreateOutcome, LookUp, Mailbox } from "../../shared/import/mailbox.ts";
import { importKeyProperty } from "../../shared/import/message-ids.ts";

/** An item that was created. */
export interface StoredItem {
  readonly graphId: string;
  folderId: string;
  readonly key: string;
  readonly message: GraphMessage;
  /** When the item counts as received, ms since 1970. */
  readonly receivedAt: number;
  readonly createdAt: number;
}

/** What happens to one creation instead of the usual; `stores` says whether the item gets in all the same. */
export interface Mishap {
  readonly stores: boolean;
  readonly outcome: CreateOutcome;
}

/** A mailbox in memory. Held to test/contract/import/mailbox. */
export class MemoryMailbox implements Mailbox {
  readonly items: StoredItem[] = [];
  readonly folders = new Map<string, string>();
  root = "root-1";
  /** Look-ups do not see items younger than this. */
  lagInMs = 0;
  /** Asked for each creation, with its number from 1. */
  mishapOf: (creation: number, item: EmailItem) => Mishap | undefined = () => undefined;
  /** Runs before the creation has its effect, and before its answer. */
  onCreate: (moment: "before" | "after", item: EmailItem) => Promise<void> = async () => undefined;
  /** Answers look-ups in their place. */
  lookUpMishap: () => LookUp | undefined = () => undefined;
  creations = 0;
  lookUps = 0;
  readonly #now: () => number;
  #lastId = 0;

  constructor(clock: { now(): number }) {
    this.#now = () => clock.now();
  }

  async rootId(): Promise<Answer<string>> {
    return { type: "value", value: this.root };
  }

  async findFolders(name: string): Promise<Answer<readonly string[]>> {
    const named = [...this.folders].filter(([, folder]) => folder.toLowerCase() === name.toLowerCase());
    return { type: "value", value: named.map(([id]) => id).toSorted() };
  }

  async createFolder(name: string): Promise<Answer<string>> {
    const found = await this.findFolders(name);
    const [first] = found.type === "value" ? found.value : [];
    if (first !== undefined) return { type: "value", value: first };
    const id = this.#newId("folder");
    this.folders.set(id, name);
    return { type: "value", value: id };
  }

  async create(folderId: string, item: EmailItem, maySend: () => boolean = () => true): Promise<CreateOutcome> {
    if (!maySend()) return { type: "unreachable" };
    this.creations += 1;
    const mishap = this.mishapOf(this.creations, item);
    await this.onCreate("before", item);
    if (mishap?.stores === false) return mishap.outcome;
    if (!this.folders.has(folderId)) return { type: "folder-gone" };
    const graphId = this.#store(folderId, item);
    await this.onCreate("after", item);
    return mishap?.outcome ?? { type: "created", graphId, deviations: [] };
  }

  async findByMessageId(internetMessageId: string): Promise<LookUp> {
    return this.#find(({ message }) => message.internetMessageId === internetMessageId);
  }

  async findByKey(folderId: string, key: ImportKey): Promise<LookUp> {
    return this.#find((item) => item.folderId === folderId && item.key.toLowerCase() === key.toLowerCase());
  }

  async findAnywhereByKey(key: ImportKey): Promise<LookUp> {
    return this.#find((item) => item.key.toLowerCase() === key.toLowerCase());
  }

  async *listKeys(folderId: string, day: ChatDay): AsyncGenerator<Answer<readonly ImportKey[]>> {
    const from = Date.parse(`${day}T00:00:00Z`);
    const found = this.items.filter(
      (item) => item.folderId === folderId && item.receivedAt >= from && item.receivedAt < from + 86_400_000,
    );
    for (let at = 0; at === 0 || at < found.length; at += 2) {
      yield { type: "value", value: found.slice(at, at + 2).map(({ key }) => importKeyOf(key)) };
    }
  }

  /** How often each key is there. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { key } of this.items) counts[key] = (counts[key] ?? 0) + 1;
    return counts;
  }

  #find(fits: (item: StoredItem) => boolean): LookUp {
    this.lookUps += 1;
    const mishap = this.lookUpMishap();
    if (mishap !== undefined) return mishap;
    const found = this.items.find((item) => item.createdAt <= this.#now() - this.lagInMs && fits(item));
    return found === undefined
      ? { type: "absent" }
      : { type: "found", graphId: found.graphId, folderId: found.folderId };
  }

  #store(folderId: string, { message }: EmailItem): string {
    const property = (id: string) => message.singleValueExtendedProperties.find((one) => one.id === id)?.value ?? "";
    const graphId = this.#newId("item");
    const receivedAt = Date.parse(property("SystemTime 0x0E06"));
    const key = property(importKeyProperty);
    this.items.push({ graphId, folderId, key, message, receivedAt, createdAt: this.#now() });
    return graphId;
  }

  #newId(kind: string): string {
    this.#lastId += 1;
    return `${kind}-${String(this.#lastId).padStart(6, "0")}`;
  }
}

function importKeyOf(key: string): ImportKey {
  return importKey.parse(key);
}
