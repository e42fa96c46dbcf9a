import { type IndexChange, IndexJournal, replayJournals, toIndexed } from "./index-journal.ts";

/** The parts of Loki, Azurite's database in memory, that have to be changed. */
export interface LokiParts {
  /** The class `Loki`. */
  readonly loki: { readonly prototype: object };
  /** The class `LokiFsAdapter`: loads and saves a whole database. */
  readonly adapter: { readonly prototype: object };
}

/**
 * Azurite writes its index every five seconds and when it ends in order; killed in between it forgets blobs, ledgers'
 * lines and messages that it has acknowledged. With this it does not: every change is in a journal first.
 */
export function makeIndexDurable({ loki, adapter }: LokiParts): void {
  const journals = new Map<string, IndexJournal>();
  const journalOf = (path: string): IndexJournal => {
    const journal = journals.get(path) ?? new IndexJournal(path);
    journals.set(path, journal);
    return journal;
  };
  const followed = new WeakSet<object>();
  wrap(loki.prototype, "addCollection", function (original, args) {
    const collection: unknown = Reflect.apply(original, this, args);
    if (typeof collection !== "object" || collection === null || followed.has(collection)) return collection;
    followed.add(collection);
    const journal = journalOf(String(Reflect.get(this, "filename")));
    follow(collection, (change) => journal.append(change));
    return collection;
  });
  wrap(adapter.prototype, "loadDatabase", function (original, [path, done]) {
    const withJournals = (saved: unknown): unknown =>
      call(done, typeof saved === "string" ? replayJournals(String(path), saved) : saved);
    return Reflect.apply(original, this, [path, withJournals]);
  });
  wrap(adapter.prototype, "saveDatabase", function (original, [path, copy, done]) {
    const forget = journalOf(String(path)).rotate();
    const saved = (error: unknown): unknown => {
      if (error === undefined || error === null) forget();
      return call(done, error);
    };
    return Reflect.apply(original, this, [path, copy, saved]);
  });
}

type Method = (...args: unknown[]) => unknown;

/** @throws TypeError when Loki has no such method any more: then nothing would be durable and nobody would know */
function wrap(
  prototype: object,
  name: string,
  around: (this: object, original: Method, args: readonly unknown[]) => unknown,
): void {
  const original: unknown = Reflect.get(prototype, name);
  if (!isMethod(original)) throw new TypeError(`Loki has no ${name}`);
  Reflect.set(prototype, name, function (this: object, ...args: unknown[]) {
    return Reflect.apply(around, this, [original, args]);
  });
}

/** Loki tells every change of a collection by events; it leaves out `delete` unless there is more than one listener. */
function follow(collection: object, note: (change: IndexChange) => void): void {
  const on: unknown = Reflect.get(collection, "on");
  if (!isMethod(on)) throw new TypeError("Loki's collections have no events");
  const name = String(Reflect.get(collection, "name"));
  const noteAll = (operation: "put" | "remove") => (documents: unknown) => {
    for (const one of Array.isArray(documents) ? documents : [documents]) {
      const document = toIndexed(one);
      if (document !== undefined) note([name, operation, document]);
    }
  };
  Reflect.apply(on, collection, [["insert", "update"], noteAll("put")]);
  Reflect.apply(on, collection, ["delete", noteAll("remove")]);
  Reflect.apply(on, collection, ["delete", () => undefined]);
}

function call(callback: unknown, argument: unknown): unknown {
  return isMethod(callback) ? callback(argument) : undefined;
}

function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}
