import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

/** A document of Azurite's index, as Loki numbers it. */
const indexed = z.looseObject({ $loki: z.number() });
type Indexed = z.infer<typeof indexed>;

const entry = z.tuple([z.string(), z.enum(["put", "remove"]), indexed]);
/** A change of the index: collection, what was done, the document. */
export type IndexChange = z.infer<typeof entry>;

const savedIndex = z.looseObject({
  databaseVersion: z.number(),
  collections: z.array(z.looseObject({ name: z.string(), data: z.array(indexed), maxId: z.number() })),
});

/**
 * The changes of one index file since it was last saved, in files beside it that are numbered on. A change is written
 * before Azurite answers, so that killing the process loses nothing that was acknowledged.
 */
export class IndexJournal {
  readonly #path: string;
  #number: number;
  #file: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#number = Math.max(0, ...numbersOf(path)) + 1;
  }

  append(change: IndexChange): void {
    this.#file ??= openSync(nameOf(this.#path, this.#number), "a", 0o600);
    writeSync(this.#file, `${JSON.stringify(change)}\n`);
  }

  /** To be called when the index has just been copied for saving. @returns what to call when it is saved */
  rotate(): () => void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#number += 1;
    const next = this.#number;
    return () => {
      for (const number of numbersOf(this.#path))
        if (number < next) rmSync(nameOf(this.#path, number), { force: true });
    };
  }
}

/**
 * Brings a saved index up to date with its journals. Changes that it has already do no harm: the last one of each document
 * counts, and of those after a save all are there.
 * @throws SyntaxError, ZodError when a journal is damaged elsewhere than at its end
 */
export function replayJournals(path: string, saved: string): string {
  const changes = numbersOf(path).flatMap((number) => readChanges(nameOf(path, number)));
  if (changes.length === 0) return saved;
  const index = savedIndex.parse(JSON.parse(saved));
  for (const collection of index.collections) {
    const documents = new Map(collection.data.map((document) => [document.$loki, document]));
    for (const [name, operation, document] of changes) {
      if (name !== collection.name) continue;
      if (operation === "put") documents.set(document.$loki, document);
      else documents.delete(document.$loki);
      collection.maxId = Math.max(collection.maxId, document.$loki);
    }
    // Loki looks documents up by bisection.
    collection.data = [...documents.values()].sort((a, b) => a.$loki - b.$loki);
    Reflect.set(collection, "idIndex", null);
  }
  // Loki makes all other indexes anew for a file of a version before they had their present form.
  return JSON.stringify({ ...index, databaseVersion: Math.min(index.databaseVersion, 1.4) });
}

/** What a killed process left half written at the end was never acknowledged. */
function readChanges(path: string): IndexChange[] {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).map((line) => entry.parse(JSON.parse(line)));
}

function nameOf(path: string, number: number): string {
  return `${path}.journal-${number}`;
}

function numbersOf(path: string): number[] {
  const prefix = `${basename(path)}.journal-`;
  return readdirSync(dirname(join(path)))
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** A document as Loki's events give it, for a change; undefined for what is none. */
export function toIndexed(document: unknown): Indexed | undefined {
  return indexed.safeParse(document).data;
}
