import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorName } from "../../../shared/chat/identifiers.ts";
import { holdListKind, mappingKind, writePeopleFile } from "../../../shared/pipeline/people-file.ts";
import { readPeopleFileFacts } from "../../../shared/pipeline/people-file-facts.ts";
import type { BlobPath, StoredBlob } from "../../../shared/store/blobs.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";

const path = mappingKind.pathOf(acme);
const folder = path.slice(0, -acme.length);

class CountedBlobs extends MemoryBlobs {
  /** Of mappings. */
  reads = 0;

  override async read(path: BlobPath, signal?: AbortSignal): Promise<StoredBlob | undefined> {
    if (path.startsWith(folder)) this.reads += 1;
    return await super.read(path, signal);
  }
}

const put = (blobs: MemoryBlobs, text: string, seen?: string) =>
  writePeopleFile(blobs, path, Buffer.from(text), "entra:a@b", seen);

test("a file is read once for each version, and by each kind and connector for itself", async () => {
  const blobs = new CountedBlobs();
  assert.equal(await readPeopleFileFacts(blobs, mappingKind, acme), undefined);
  const first = await put(blobs, "ImId,Mailbox\r\na,a@b.example\r\nb,b@b.example\r\n");
  const facts = await readPeopleFileFacts(blobs, mappingKind, acme);
  assert.deepEqual([facts?.etag, facts?.entries, facts?.faultCount, facts?.uploadedBy], [first, 2, 0, "entra:a@b"]);
  for (let i = 0; i < 5; i++) assert.deepEqual(await readPeopleFileFacts(blobs, mappingKind, acme), facts);
  assert.equal(blobs.reads, 1);
  const second = await put(blobs, "ImId,Mailbox\r\na,nobody\r\n", first);
  const faulty = await readPeopleFileFacts(blobs, mappingKind, acme);
  assert.deepEqual([faulty?.etag, faulty?.faultCount, faulty?.firstFault?.line], [second, 1, 2]);
  assert.equal(await readPeopleFileFacts(blobs, holdListKind, acme), undefined);
  assert.equal(await readPeopleFileFacts(blobs, mappingKind, connectorName.parse("other")), undefined);
  await blobs.remove(path);
  assert.equal(await readPeopleFileFacts(blobs, mappingKind, acme), undefined);
  const elsewhere = new CountedBlobs();
  await put(elsewhere, "ImId,Mailbox\r\n");
  assert.equal((await readPeopleFileFacts(elsewhere, mappingKind, acme))?.entries, 0);
});

test("facts are kept of so many files and no more", async () => {
  const blobs = new CountedBlobs();
  const names = Array.from({ length: 201 }, (_, i) => connectorName.parse(`c${i}`));
  for (const name of names) await blobs.create(mappingKind.pathOf(name), Buffer.from("ImId,Mailbox\r\n"));
  for (const name of names) await readPeopleFileFacts(blobs, mappingKind, name);
  blobs.reads = 0;
  for (const name of names.slice(1)) await readPeopleFileFacts(blobs, mappingKind, name);
  assert.equal(blobs.reads, 0);
  await readPeopleFileFacts(blobs, mappingKind, connectorName.parse("c0"));
  assert.equal(blobs.reads, 1);
});

test("a stored file with bad lines is told as such, and can still be downloaded as it is", async () => {
  const blobs = new CountedBlobs();
  const world = new SetupWorld(blobs);
  const content = 'ImId,Mailbox\r\na,a@b.example\r\nb,"nobody\r\n,\r\n';
  await world.ask("createDraft", { body: { name: acme, values: {} } });
  await blobs.create(path, Buffer.from(content));
  blobs.reads = 0;
  for (let i = 0; i < 3; i++) {
    const { text } = await world.ask("readMapping");
    assert.match(text, /"problem":"It has \d+ faults, the first in line \d+: /);
  }
  assert.equal(blobs.reads, 1);
  const { status, text } = await world.ask("downloadMapping");
  assert.deepEqual([status, text], [200, content]);
});
