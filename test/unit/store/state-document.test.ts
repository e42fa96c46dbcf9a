import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import {
  createDocument,
  DocumentFault,
  type HeldDocument,
  holdDocument,
  listDocuments,
  putDocument,
  readDocument,
  updateDocument,
  updateHeld,
} from "../../../shared/store/state-document.ts";
import { FaultyPorts } from "../../support/faulty-port.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const path: BlobPath = "state/open/acme-2026-06-04-1";
const schema = z.object({ items: z.number(), heldBy: z.string().optional() });
const options = { writer: "host-1", pause: async () => {} };
const raise = ({ items }: z.infer<typeof schema>) => ({ items: items + 1 });

test("a document is read back as it was created, and undefined where there is none", async () => {
  const blobs = new MemoryBlobs();
  assert.equal(await readDocument(blobs, path, schema), undefined);
  assert.equal(await createDocument(blobs, path, schema, { items: 3 }, options), "created");
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 3 });
});

test("creating it again is same for an equal value from any writer, different for another value", async () => {
  const blobs = new MemoryBlobs();
  await createDocument(blobs, path, schema, { items: 3 }, options);
  const other = { ...options, writer: "host-2" };
  assert.equal(await createDocument(blobs, path, schema, { items: 3, heldBy: undefined }, other), "same");
  assert.equal(await createDocument(blobs, path, schema, { items: 4 }, other), "different");
});

test("an update gives the value it has written; undefined when there was nothing to change or no document", async () => {
  const blobs = new MemoryBlobs();
  assert.equal(await updateDocument(blobs, path, schema, raise, options), undefined);
  await createDocument(blobs, path, schema, { items: 1 }, options);
  assert.deepEqual(await updateDocument(blobs, path, schema, raise, options), { items: 2 });
  assert.equal(await updateDocument(blobs, path, schema, () => undefined, options), undefined);
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 2 });
});

test("put creates what is not there and changes what is", async () => {
  const blobs = new MemoryBlobs();
  const put = () => putDocument(blobs, path, schema, (old) => ({ items: (old?.items ?? 0) + 1 }), options);
  assert.deepEqual([await put(), await put()], [{ items: 1 }, { items: 2 }]);
});

test("of many updates at once none is lost", async () => {
  const blobs = new MemoryBlobs();
  await createDocument(blobs, path, schema, { items: 0 }, options);
  await Promise.all(Array.from({ length: 20 }, () => updateDocument(blobs, path, schema, raise, options)));
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 20 });
});

test("of many that put the first value at once none is lost", async () => {
  const blobs = new MemoryBlobs();
  const change = (old: z.infer<typeof schema> | undefined) => ({ items: (old?.items ?? 0) + 1 });
  await Promise.all(Array.from({ length: 8 }, () => putDocument(blobs, path, schema, change, options)));
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 8 });
});

/** Blobs whose first replace is carried out, overtaken by another writer, and then told to be a conflict. */
function overtakenOnce(memory: MemoryBlobs): Pick<Blobs, "read" | "create" | "replace"> {
  let isFirst = true;
  return {
    read: (at) => memory.read(at),
    create: (...args) => memory.create(...args),
    replace: async (...args) => {
      const etag = await memory.replace(...args);
      if (!isFirst) return etag;
      isFirst = false;
      await updateDocument(memory, path, schema, raise, { ...options, writer: "host-2" });
      return undefined;
    },
  };
}

test("a write whose reply was lost is known again, even when another has written since", async () => {
  const memory = new MemoryBlobs();
  await createDocument(memory, path, schema, { items: 0 }, options);
  assert.deepEqual(await updateDocument(overtakenOnce(memory), path, schema, raise, options), { items: 2 });
  assert.deepEqual((await readDocument(memory, path, schema))?.value, { items: 2 });
});

type Items = z.infer<typeof schema>;

async function held(blobs: Pick<Blobs, "read">): Promise<HeldDocument<Items>> {
  const document = await holdDocument(blobs, path, schema);
  assert(document !== undefined);
  return document;
}

test("who holds a document changes it again and again without reading it", async () => {
  const memory = new MemoryBlobs();
  await createDocument(memory, path, schema, { items: 0 }, options);
  const ports = new FaultyPorts();
  const blobs = ports.wrap("blobs", memory);
  const first = await updateHeld(blobs, path, schema, await held(memory), raise, options);
  assert(first !== undefined);
  await updateHeld(blobs, path, schema, first, raise, options);
  assert.deepEqual(
    ports.calls.map(({ method }) => method),
    ["replace", "replace"],
  );
  assert.deepEqual((await readDocument(memory, path, schema))?.value, { items: 2 });
});

test("who holds an old version sees the newest one before it is changed", async () => {
  const blobs = new MemoryBlobs();
  await createDocument(blobs, path, schema, { items: 0 }, options);
  const old = await held(blobs);
  await updateDocument(blobs, path, schema, raise, { ...options, writer: "host-2" });
  const seen: number[] = [];
  const change = (value: Items) => {
    seen.push(value.items);
    return value.items === 1 ? undefined : raise(value);
  };
  assert.equal(await updateHeld(blobs, path, schema, old, change, options), undefined);
  assert.deepEqual(seen, [0, 1]);
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 1 });
});

test("a held document's write whose reply was lost is known again, and one that is gone is left alone", async () => {
  const memory = new MemoryBlobs();
  await createDocument(memory, path, schema, { items: 0 }, options);
  const first = await held(memory);
  assert.equal((await updateHeld(overtakenOnce(memory), path, schema, first, raise, options))?.value.items, 2);
  await memory.remove(path);
  assert.equal(await updateHeld(memory, path, schema, first, raise, options), undefined);
  assert.equal(await memory.read(path), undefined);
});

test("two updates of one process that make the same value count twice", async () => {
  const blobs = new MemoryBlobs();
  await createDocument(blobs, path, schema, { items: 0 }, options);
  const seen: number[] = [];
  const change = (old: z.infer<typeof schema>) => {
    seen.push(old.items);
    return raise(old);
  };
  await Promise.all([1, 2].map(() => updateDocument(blobs, path, schema, change, options)));
  assert.ok(seen.length > 2, "they met");
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 2 });
});

test("it gives up after so many conflicts, and says on which blob", async () => {
  const memory = new MemoryBlobs();
  await createDocument(memory, path, schema, { items: 0 }, options);
  const never: Pick<Blobs, "read" | "create" | "replace"> = {
    read: (at) => memory.read(at),
    create: async () => "different",
    replace: async () => undefined,
  };
  await assert.rejects(updateDocument(never, path, schema, raise, { ...options, attempts: 3 }), {
    name: "DocumentFault",
    message: `The state document ${path} was changed by others 3 times while it was being written.`,
  });
});

test("content that does not fit names the blob and the field, and never the value", async () => {
  const blobs = new MemoryBlobs();
  const contents = [
    '{"revision":1,"writes":["w"],"value":{"items":"sell everything"}}',
    '{"items":"sell everything"}',
    '{"items": sell everything',
    "[]",
  ];
  for (const [index, content] of contents.entries()) {
    const at: BlobPath = `state/open/${index}`;
    await blobs.create(at, Buffer.from(content));
    await assert.rejects(readDocument(blobs, at, schema), (error) => {
      assert.ok(error instanceof DocumentFault);
      assert.match(error.message, new RegExp(`${at} (does not fit its schema|is not JSON)`));
      assert.doesNotMatch(`${error.message}${error.stack}${String(error.cause)}`, /sell/);
      return true;
    });
  }
  await assert.rejects(readDocument(blobs, "state/open/0", schema), /items: invalid_type/);
});

test("a value that does not fit is not written", async () => {
  const blobs = new MemoryBlobs();
  await createDocument(blobs, path, schema, { items: 1 }, options);
  const broken = () => ({ items: Number.NaN });
  await assert.rejects(updateDocument(blobs, path, schema, broken, options), DocumentFault);
  assert.deepEqual((await readDocument(blobs, path, schema))?.value, { items: 1 });
});

test("a fault of storage is thrown on, and the document stays whole", async () => {
  const memory = new MemoryBlobs();
  await createDocument(memory, path, schema, { items: 1 }, options);
  const ports = new FaultyPorts({ nth: 1, of: ({ method }) => method === "replace", when: "before", what: "throw" });
  const shaky: Blobs = ports.wrap("blobs", memory);
  await assert.rejects(updateDocument(shaky, path, schema, raise, options), { name: "PlannedFault" });
  assert.deepEqual((await readDocument(memory, path, schema))?.value, { items: 1 });
});

test("lists the documents below a prefix in order of name", async () => {
  const blobs = new MemoryBlobs();
  for (let n = 0; n < 40; n += 1) {
    await createDocument(blobs, `state/open/${String(n).padStart(2, "0")}`, schema, { items: n }, options);
  }
  const found: number[] = [];
  for await (const { value } of listDocuments(blobs, "state/open/", schema)) found.push(value.items);
  assert.deepEqual(
    found,
    Array.from({ length: 40 }, (_, n) => n),
  );
});
