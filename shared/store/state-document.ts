import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { BlobPath, Blobs, Created } from "./blobs.ts";
import { mapAhead } from "./map-ahead.ts";

/** What reads a document's value. It must accept what it gives out, so no transforms. */
export type DocumentSchema<T> = z.ZodType<T>;

/** A document as it was read. */
export interface StoredDocument<T> {
  readonly value: T;
  readonly etag: string;
}

/** Who writes, and how stubbornly. */
export interface WriterOptions {
  /** Names the process in what it writes, for whoever looks into the blob. */
  readonly writer: string;
  /** How often a conflict is met by reading and changing again. @default 50 */
  readonly attempts?: number;
  /** Waits before attempt `n` (1, 2, ...). @default a random time, up to n x 20 ms and at most 500 ms */
  readonly pause?: (attempt: number) => Promise<void>;
  /** Makes ids that never come twice. @default random UUIDs */
  readonly newId?: () => string;
}

/** A blob does not hold the document that it should. Its message names the blob and the fields, never their values. */
export class DocumentFault extends Error {
  override readonly name = "DocumentFault";
  readonly messageIsOurs = true;
  readonly path: BlobPath;

  constructor(path: BlobPath, problem: string, options?: ErrorOptions) {
    super(`The state document ${path} ${problem}`, options);
    this.path = path;
  }
}

/**
 * A document's bytes. `writes` names its last writes, newest first, each by writer and an id of its own: so a write whose
 * reply was lost is known again, even when others have written since.
 */
const envelope = z.object({ revision: z.number().int().positive(), writes: z.array(z.string()), value: z.unknown() });
const rememberedWrites = 64;

/** A document with what it takes to replace just this version of it. */
export interface HeldDocument<T> extends StoredDocument<T> {
  readonly revision: number;
  readonly writes: readonly string[];
}

/** Reads a document; undefined when there is none. Throws DocumentFault when the blob does not fit the schema. */
export async function readDocument<T>(
  blobs: Pick<Blobs, "read">,
  path: BlobPath,
  schema: DocumentSchema<T>,
): Promise<StoredDocument<T> | undefined> {
  const current = await holdDocument(blobs, path, schema);
  return current === undefined ? undefined : { value: current.value, etag: current.etag };
}

/**
 * Creates a document, create-only. "same" when there is one with an equal value, whoever wrote it; so a claim must name
 * the claimant in its value.
 */
export async function createDocument<T>(
  blobs: Pick<Blobs, "read" | "create">,
  path: BlobPath,
  schema: DocumentSchema<T>,
  value: T,
  options: WriterOptions,
): Promise<Created> {
  const checked = asStored(path, schema, value);
  const created = await blobs.create(path, toBytes(1, [toWriteName(options)], checked), { contentType });
  if (created !== "different") return created;
  const existing = await holdDocument(blobs, path, schema);
  return existing !== undefined && isDeepStrictEqual(existing.value, checked) ? "same" : "different";
}

/**
 * Changes a document by compare-and-swap: `change` sees the newest value and returns the next, or undefined to leave it
 * as it is. It runs again after each conflict, so it must be pure. Resolves to the value written; to undefined when there
 * is no document or it was left. A lost reply does not make it run twice.
 * Throws DocumentFault when the content does not fit, or when `attempts` conflicts came one after the other.
 */
export async function updateDocument<T>(
  blobs: Pick<Blobs, "read" | "create" | "replace">,
  path: BlobPath,
  schema: DocumentSchema<T>,
  change: (value: T) => T | undefined,
  options: WriterOptions,
): Promise<T | undefined> {
  return putDocument(blobs, path, schema, (value) => (value === undefined ? undefined : change(value)), options);
}

/** Like updateDocument, but `change` gets undefined when there is no document and may return its first value. */
export async function putDocument<T>(
  blobs: Pick<Blobs, "read" | "create" | "replace">,
  path: BlobPath,
  schema: DocumentSchema<T>,
  change: (value: T | undefined) => T | undefined,
  options: WriterOptions,
): Promise<T | undefined> {
  return await contend(path, options, async (write) => {
    const current = await holdDocument(blobs, path, schema);
    if (current?.writes.includes(write)) return { end: current.value };
    const next = change(current?.value);
    if (next === undefined) return { end: undefined };
    const checked = asStored(path, schema, next);
    if (current !== undefined) return (await swap(blobs, path, current, write, checked)) && { end: checked };
    const created = await blobs.create(path, toBytes(1, [write], checked), { contentType });
    return created === "different" ? undefined : { end: checked };
  });
}

/**
 * Like updateDocument, for whoever holds the document already: it is read only when somebody else has changed it since.
 * Resolves to the document as it was written; undefined when it is gone or was left as it is.
 */
export async function updateHeld<T>(
  blobs: Pick<Blobs, "read" | "replace">,
  path: BlobPath,
  schema: DocumentSchema<T>,
  held: HeldDocument<T>,
  change: (value: T) => T | undefined,
  options: WriterOptions,
): Promise<HeldDocument<T> | undefined> {
  let current: HeldDocument<T> | undefined = held;
  return await contend(path, options, async (write) => {
    if (current === undefined || current.writes.includes(write)) return { end: current };
    const next = change(current.value);
    if (next === undefined) return { end: undefined };
    const swapped = await swap(blobs, path, current, write, asStored(path, schema, next));
    if (swapped !== undefined) return { end: swapped };
    current = await holdDocument(blobs, path, schema);
    return undefined;
  });
}

/** Tries until a try comes to an end: one that comes to none has met somebody else's write. */
async function contend<R>(
  path: BlobPath,
  options: WriterOptions,
  attempt: (write: string) => Promise<{ readonly end: R } | undefined>,
): Promise<R> {
  const write = toWriteName(options);
  const attempts = options.attempts ?? 50;
  for (let n = 1; n <= attempts; n += 1) {
    const reached = await attempt(write);
    if (reached !== undefined) return reached.end;
    await (options.pause ?? pauseAtRandom)(n);
  }
  throw new DocumentFault(path, `was changed by others ${attempts} times while it was being written.`);
}

/** The documents below a prefix, in order of name, a few being read ahead. One that is deleted meanwhile is left out. */
export async function* listDocuments<T>(
  blobs: Pick<Blobs, "read" | "list">,
  prefix: BlobPath,
  schema: DocumentSchema<T>,
): AsyncGenerator<StoredDocument<T> & { readonly path: BlobPath }> {
  const documents = mapAhead(blobs.list(prefix), 16, async ({ path }) => ({
    path,
    found: await readDocument(blobs, path, schema),
  }));
  for await (const { path, found } of documents) if (found !== undefined) yield { path, ...found };
}

const contentType = "application/json";

/** The document as it then stands; undefined when another version was there. */
async function swap<T>(
  blobs: Pick<Blobs, "replace">,
  path: BlobPath,
  current: HeldDocument<T>,
  write: string,
  value: T,
): Promise<HeldDocument<T> | undefined> {
  const writes = [write, ...current.writes].slice(0, rememberedWrites);
  const revision = current.revision + 1;
  const etag = await blobs.replace(path, toBytes(revision, writes, value), current.etag, { contentType });
  return etag === undefined ? undefined : { value, etag, revision, writes };
}

/** Reads a document for whoever is going to change it (`updateHeld`). @throws DocumentFault as readDocument does */
export async function holdDocument<T>(
  blobs: Pick<Blobs, "read">,
  path: BlobPath,
  schema: DocumentSchema<T>,
): Promise<HeldDocument<T> | undefined> {
  const blob = await blobs.read(path);
  if (blob === undefined) return undefined;
  const { revision, writes, value } = check(path, envelope, parseJson(path, blob.bytes));
  return { value: check(path, schema, value), etag: blob.etag, revision, writes };
}

function parseJson(path: BlobPath, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    // V8's message quotes the text, so it must not travel on as the cause.
    throw new DocumentFault(path, "is not JSON.");
  }
}

/** As it will be read back: JSON leaves out fields that are undefined. */
function asStored<T>(path: BlobPath, schema: DocumentSchema<T>, value: T): T {
  return check(path, schema, JSON.parse(JSON.stringify(value)));
}

function check<T>(path: BlobPath, schema: DocumentSchema<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "its root"}: ${issue.code}`);
  throw new DocumentFault(path, `does not fit its schema (${problems.slice(0, 5).join("; ")}).`);
}

function toBytes(revision: number, writes: readonly string[], value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify({ revision, writes, value })}\n`);
}

function toWriteName({ writer, newId = randomUUID }: WriterOptions): string {
  return `${writer} ${newId()}`;
}

async function pauseAtRandom(attempt: number): Promise<void> {
  await setTimeout(Math.random() * Math.min(500, attempt * 20));
}
