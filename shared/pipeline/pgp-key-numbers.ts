import * as z from "zod";
import type { ConnectorName } from "../chat/identifiers.ts";
import { type Connector, connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { createDocument, updateDocument } from "../store/state-document.ts";
import { type Draft, draft } from "./draft-book.ts";

/** `state/pgp-key/{connector}/{number}`: that a number is taken, for ever, even when the connector is gone: evidence may need the key. */
const takenNumber = z.object({ v: z.literal(1), id: z.string(), at: z.number() });

/** What taking numbers takes. */
export interface KeyNumberDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace" | "list">;
  readonly writer: string;
  readonly clock: { now(): number };
  /** Makes ids that never come twice. */
  readonly newId: () => string;
}

/** Numbers that were ever taken for a connector's PGP keys, newest first. */
export async function listTakenNumbers(blobs: Pick<Blobs, "list">, name: ConnectorName): Promise<number[]> {
  const numbers: number[] = [];
  const prefix = paths.pgpKeys(name);
  for await (const { path } of blobs.list(prefix)) numbers.push(Number(path.slice(prefix.length)));
  return numbers.toSorted((a, b) => b - a);
}

/**
 * Takes the next number: two admins who make a key at the same moment get two, since with one the second would overwrite the
 * first one's private half, whose public half is already on its way to ICE.
 * @param known numbers in use that were not taken here, such as those of a connector that was set up by hand
 */
export async function takeKeyNumber(
  deps: KeyNumberDeps,
  name: ConnectorName,
  known: readonly number[],
): Promise<number> {
  const taken = await listTakenNumbers(deps.blobs, name);
  for (let number = Math.max(0, ...known, ...taken) + 1; ; number += 1) {
    if (await claim(deps, name, number)) return number;
  }
}

/** Notes that numbers are in use, for a connector whose settings are about to forget them. */
export async function keepKeyNumbers(
  deps: KeyNumberDeps,
  name: ConnectorName,
  numbers: readonly number[],
): Promise<void> {
  const taken = await listTakenNumbers(deps.blobs, name);
  for (const number of numbers) if (!taken.includes(number)) await claim(deps, name, number);
}

async function claim(deps: KeyNumberDeps, name: ConnectorName, number: number): Promise<boolean> {
  const value = { v: 1 as const, id: deps.newId(), at: deps.clock.now() };
  const { writer } = deps;
  return (await createDocument(deps.blobs, paths.pgpKey(name, number), takenNumber, value, { writer })) !== "different";
}

/**
 * Has a connector or draft use a key from now on: as its newest, or as an old one. Does nothing where it does so already, and
 * where its files are not encrypted.
 */
export async function putKeyToUse(
  { blobs, writer }: { readonly blobs: Pick<Blobs, "read" | "create" | "replace">; readonly writer: string },
  name: ConnectorName,
  number: number,
  isCurrent: boolean,
): Promise<void> {
  const changeDraft = (now: Draft): Draft | undefined => {
    const keys = withNumber(now.keys, number, isCurrent);
    return keys === undefined ? undefined : { ...now, keys };
  };
  const changeConnector = (now: Connector): Connector | undefined => {
    if (now.encryption.type === "none") return undefined;
    const keys = withNumber(now.encryption.keys, number, isCurrent);
    return keys === undefined ? undefined : { ...now, encryption: { ...now.encryption, keys } };
  };
  // The draft first: whoever makes a connector of it at this moment looks at it once more afterwards.
  await updateDocument(blobs, paths.draft(name), draft, changeDraft, { writer });
  await updateDocument(blobs, paths.connector(name), connector, changeConnector, { writer });
}

function withNumber(keys: readonly number[], number: number, isCurrent: boolean): number[] | undefined {
  const isThere = isCurrent ? keys[0] === number : keys.includes(number);
  if (isThere) return undefined;
  const others = keys.filter((key) => key !== number);
  return isCurrent ? [number, ...others] : [...others, number];
}
