import type { ChatDay } from "../chat/identifiers.ts";
import { buildItem } from "./build-item.ts";
import type { EmailItem } from "./email-item.ts";
import { inLanes } from "./lanes.ts";
import { Ledger } from "./ledger.ts";
import type { IntentFlag, ItemLine } from "./ledger-line.ts";
import type { Optional } from "./mailbox.ts";
import { type Doubt, firstLookAt, resolveDoubt } from "./resolve-doubt.ts";
import { sendItem, toFailure } from "./send-item.ts";
import type { SliceContext } from "./slice-context.ts";
import { standingOf } from "./standing.ts";
import type { WorkEntry } from "./work-list.ts";

/** A line that is to be created. */
interface ToDo {
  readonly entry: WorkEntry;
  /** Whether for the first time, after a doubt was settled, or without what it was refused for. */
  readonly flag: IntentFlag & ("new" | "again" | "degraded");
  readonly without?: readonly Optional[];
  /** Whether the ledger says that it is intended, while it was certainly not sent. */
  readonly isIntended: boolean;
}

/** A line for the ledger and the work line that it is about. */
interface Note {
  readonly entry: WorkEntry;
  readonly line: ItemLine;
}

/**
 * The importing of one chat day's work lines. Each turn: look for those in doubt, append what is known together with the
 * next intents in one atomic batch, then create those. An item is created only after its intent is durable.
 */
export class DayImport {
  readonly chatDay: ChatDay;
  readonly #slice: SliceContext;
  readonly #ledger: Ledger;
  #toDo: ToDo[] = [];
  #doubts: { readonly entry: WorkEntry; readonly doubt: Doubt }[] = [];
  /** Known, and not in the ledger yet. */
  #notes: Note[] = [];

  private constructor(slice: SliceContext, chatDay: ChatDay, ledger: Ledger) {
    this.#slice = slice;
    this.chatDay = chatDay;
    this.#ledger = ledger;
  }

  /** Reads the day's ledger. In a first slice the day is new more often than not. */
  static async open(slice: SliceContext, chatDay: ChatDay): Promise<DayImport> {
    const { blobs, settings, mailboxId, isFirst } = slice;
    const deps = { blobs, blocksPerFile: settings.blocksPerFile };
    const ledger = await (isFirst ? Ledger.begin(deps, chatDay, mailboxId) : Ledger.read(deps, chatDay, mailboxId));
    return new DayImport(slice, chatDay, ledger);
  }

  /** Takes the next work line; works when enough have come together. */
  async take(entry: WorkEntry): Promise<void> {
    const { generation, progress, settings } = this.#slice;
    const candidate = { key: entry.work.item.key, generation, source: entry.source };
    const standing = standingOf(this.#ledger.states, candidate);
    if (standing.type === "settled") {
      progress.settle(entry, standing.outcome);
      return;
    }
    if (standing.type === "doubt") this.#doubts.push({ entry, doubt: standing });
    // Whatever was sent and is no longer in the ledger was sent long ago.
    else if (settings.looksFirst) this.#doubts.push({ entry, doubt: { since: 0, wasAnswered: false } });
    else this.#toDo.push({ entry, flag: "new", isIntended: false });
    if (this.#toDo.length + this.#doubts.length >= settings.itemsPerBatch) await this.#turn();
  }

  /** Does what is left, unless the slice has ended, and writes down what is known. */
  async close(): Promise<void> {
    while (this.#toDo.length + this.#doubts.length > 0 && this.#slice.brake.end === undefined) await this.#turn();
    await this.#append([]);
  }

  async #turn(): Promise<void> {
    const { brake, settings, blobs } = this.#slice;
    await this.#whatever(() => this.#lookForDoubts());
    const intents = brake.end === undefined ? this.#toDo : [];
    const at = blobs.now();
    const lines = intents.map(({ entry, flag }) => ({ type: "I", key: entry.work.item.key, at, flag }) as const);
    if (!(await this.#append(lines))) return;
    this.#toDo = [];
    await this.#whatever(() => inLanes(intents, settings.lanes, (intent) => this.#sendOrStop(intent, at)));
    brake.checkTime();
  }

  async #lookForDoubts(): Promise<void> {
    const { settings, progress } = this.#slice;
    const doubts = this.#doubts.splice(0);
    await inLanes(doubts, settings.lanes, async ({ entry, doubt }) => {
      const { key } = entry.work.item;
      const { states } = this.#ledger;
      const { isDegraded } = states.marksOf(key);
      const resolution = await resolveDoubt(this.#slice, entry, { ...doubt, isDegraded, tries: states.triesOf(key) });
      if (resolution.type === "line") this.#notes.push({ entry, line: resolution.line });
      else if (resolution.type === "create") this.#toDo.push({ entry, flag: "again", isIntended: false });
      else progress.lookAgainAt(resolution.until);
    });
  }

  /** What nobody has foreseen may well befall every item: the other lanes send no more. */
  async #sendOrStop(toDo: ToDo, intendedAt: number): Promise<void> {
    try {
      await this.#send(toDo, intendedAt);
    } catch (error) {
      this.#slice.brake.pause("fault");
      throw error;
    }
  }

  async #send(toDo: ToDo, intendedAt: number): Promise<void> {
    const { entry, without = [] } = toDo;
    const unsent: ToDo = { ...toDo, isIntended: true };
    const built = await this.#build(unsent);
    if (built === undefined) return;
    const sent = await sendItem(this.#slice, entry, built, { intendedAt, without });
    if (sent.type === "line") this.#notes.push({ entry, line: sent.line });
    if (sent.type === "unsent") this.#toDo.push(unsent);
    if (sent.type === "degrade") this.#toDo.push({ ...unsent, flag: "degraded", without: sent.without });
    const isOpen = sent.type === "doubt" || (sent.type === "line" && sent.line.type === "I");
    if (!isOpen) return;
    const doubt = { since: this.#slice.blobs.now(), wasAnswered: sent.type === "line" };
    this.#slice.progress.lookAgainAt(firstLookAt(doubt, this.#slice.settings));
  }

  /** Undefined when there is nothing to send: the slice has ended, or the item cannot be made. */
  async #build(toDo: ToDo): Promise<EmailItem | undefined> {
    const { brake, blobs, item } = this.#slice;
    const { entry } = toDo;
    // What is thrown here is thrown before anything was sent, so the item must not be left in doubt.
    this.#toDo.push(toDo);
    if (brake.end !== undefined) return undefined;
    const built = await buildItem(blobs, item, entry);
    this.#toDo = this.#toDo.filter((other) => other !== toDo);
    if ("item" in built) return built.item;
    this.#notes.push({ entry, line: toFailure(this.#slice, entry, built.failure) });
    return undefined;
  }

  /** Something thrown must not take along what the other lanes have learnt: those items would be in doubt for nothing. */
  async #whatever(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#slice.brake.pause("fault");
      await this.#append([]).catch((second: unknown) => {
        throw new AggregateError([error, second], "importing failed, and so did writing down what was known");
      });
      throw error;
    }
  }

  /** Appends what is known and, together with it, `intents`. Resolves to false when nothing may be written any more. */
  async #append(intents: readonly ItemLine[]): Promise<boolean> {
    const { brake, guard, writer, progress } = this.#slice;
    if (brake.end?.type === "overtaken") return false;
    const notes = this.#notes.splice(0);
    const lines = [...notes.map(({ line }) => line), ...this.#toWithdrawals(), ...intents];
    if (lines.length === 0) return true;
    if (!(await guard.isHeld()) || !(await this.#ledger.append(writer, lines))) {
      brake.stop({ type: "overtaken" });
      return false;
    }
    for (const { entry, line } of notes) {
      if (line.type !== "I") progress.settle(entry, line.type === "R" ? line.outcome : "failed");
    }
    return true;
  }

  /** At a slice's end: what was intended and not sent must not wait for fifteen minutes as if it were in doubt. */
  #toWithdrawals(): ItemLine[] {
    const { brake, blobs } = this.#slice;
    if (brake.end === undefined) return [];
    const intended = this.#toDo.splice(0).filter(({ isIntended }) => isIntended);
    return intended.map(({ entry }) => ({ type: "I", key: entry.work.item.key, at: blobs.now(), flag: "withdrawn" }));
  }
}
