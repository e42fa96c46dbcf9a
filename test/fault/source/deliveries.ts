import { posix } from "node:path";
import { encryptFor } from "../../../local/sample/encrypt.ts";
import type { DropId, ObjectId } from "../../../shared/chat/identifiers.ts";
import { mailboxId } from "../../../shared/chat/identifiers.ts";
import type { Connector } from "../../../shared/config/connector.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { type ResultLine, readResult } from "../../../shared/pipeline/run-result.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { paths } from "../../../shared/store/paths.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { oids, siteMorning } from "../../support/small-drop.ts";
import { collect } from "../../unit/sample/read-sample.ts";
import type { Said } from "./chat-files.ts";

const keys = await generatePgpKeys({ kind: "curve25519" });
/** How files are encrypted to `encrypted`'s key. */
export const pgp: Connector["encryption"] = { type: "pgp", keys: [1], signers: [] };

/** Gives a connector the private key. */
export async function giveKey(world: PipelineWorld, name = acme): Promise<void> {
  await world.secrets.set(secretName(name, "pgp-private-key-1"), keys.privateKey);
}

/** The bytes encrypted: other ones each time. */
export async function encrypted(bytes: Buffer): Promise<Buffer> {
  async function* asPieces(): AsyncGenerator<Buffer> {
    yield bytes;
  }
  return await collect(encryptFor(keys.publicKey, asPieces()));
}

/** A world with the usual connector, changed by `given`. */
export async function worldOf(given: Partial<Connector> = {}): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await giveKey(world);
  await world.save(connectorOf(given));
  return world;
}

/** Puts files on the site one after the other; each is fetched and done before the next one comes. */
export async function deliver(world: PipelineWorld, ...files: readonly (readonly [string, Buffer])[]): Promise<void> {
  for (const [name, bytes] of files) {
    const minutes = world.siteOf().files.size;
    world.put(name, bytes, siteMorning + minutes * 60_000);
    await world.fetch();
  }
}

/** The texts in a mailbox, sorted, whatever Unicode form they came in. */
export function saidIn(world: PipelineWorld, oid: ObjectId): string[] {
  return world
    .textsIn(oid)
    .map((text) => text.normalize("NFC"))
    .toSorted();
}

/** What must be in everybody's mailbox. */
export function textsOf(said: readonly Said[]): string[] {
  return said.map(({ text }) => text).toSorted();
}

/** The lines of a mailbox's result. */
export async function resultOf(world: PipelineWorld, drop: DropId, oid: ObjectId = oids.ann): Promise<ResultLine[]> {
  const lines: ResultLine[] = [];
  const path = paths.result(drop, 1, mailboxId.parse(`${oid}.0`));
  for await (const line of (await readResult(world.blobs, path)) ?? []) lines.push(line);
  return lines;
}

/** How the files of a drop ended: `name state reason`. */
export async function endsOf(world: PipelineWorld, seq = 1, day?: string): Promise<string[]> {
  const files = await world.files(dropOf(seq, day));
  return files
    .map(({ path, state, reason }) => `${posix.basename(path)} ${state} ${reason?.code ?? ""}`.trim())
    .toSorted();
}

/** How many of what must be there are not, and how many are there too often. */
export function compare(wanted: readonly string[], found: readonly string[]): { lost: number; doubled: number } {
  const counts = new Map<string, number>();
  for (const text of wanted) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of found) counts.set(text, (counts.get(text) ?? 0) - 1);
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  const rest = [...counts.values()];
  return { lost: sum(rest.map((n) => Math.max(0, n))), doubled: sum(rest.map((n) => Math.max(0, -n))) };
}
