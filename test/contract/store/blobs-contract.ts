import assert from "node:assert/strict";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import type { BlobEntry, BlobPath, Blobs } from "../../../shared/store/blobs.ts";

const bytes = (text: string): Buffer => Buffer.from(text);
const somewhere = (): BlobPath => `state/${randomUUID()}/blob`;

/** What every implementation of Blobs must do; `open` gives one whose containers exist. */
export function describeBlobs(name: string, open: () => Blobs): void {
  describe(`${name}: reading and create-only writing`, () => readingAndCreating(open));
  describe(`${name}: compare-and-swap`, () => replacing(open));
  describe(`${name}: streams and ranges`, () => streaming(open));
  describe(`${name}: staged blobs`, () => staging(open));
  describe(`${name}: append blobs`, () => appending(open));
  describe(`${name}: listing and deleting`, () => listing(open));
  describe(`${name}: leases`, () => leasing(open));
}

function readingAndCreating(open: () => Blobs): void {
  test("a blob that is not there is undefined to read, stream and head", async () => {
    const path = somewhere();
    assert.equal(await open().read(path), undefined);
    assert.equal(await open().stream(path), undefined);
    assert.equal(await open().head(path), undefined);
  });

  test("a container that is not there is a fault, not an empty answer", async () => {
    const path: BlobPath = "no-such-container/blob";
    for (const method of ["read", "stream", "head", "remove"] as const)
      await assert.rejects(open()[method](path), method);
    await assert.rejects(open().create(path, bytes("x")));
    await assert.rejects(collectPaths(open(), path));
  });

  test("what was created is read back with its metadata, time and ETag", async () => {
    const path = somewhere();
    const before = open().now();
    assert.equal(
      await open().create(path, bytes("one"), { metadata: { drop: "acme" }, contentType: "text/plain" }),
      "created",
    );
    const blob = await open().read(path);
    assert.equal(blob?.bytes.toString(), "one");
    assert.deepEqual({ ...blob?.metadata }, { drop: "acme" });
    assert.match(blob?.etag ?? "", /^".+"$/);
    assert.ok(Math.abs((blob?.modifiedAt ?? 0) - before) < 5000);
    assert.deepEqual(await open().head(path), { path, sizeInBytes: 3, etag: blob?.etag, modifiedAt: blob?.modifiedAt });
  });

  test("creating again says same for the same bytes and different for others, and leaves the first", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    assert.equal(await open().create(path, bytes("one")), "same");
    assert.equal(await open().create(path, bytes("two")), "different");
    assert.equal((await open().read(path))?.bytes.toString(), "one");
  });

  test("of eight that create one blob at once, one has created it", async () => {
    const path = somewhere();
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => open().create(path, bytes(`writer ${n}`))));
    assert.deepEqual(all.toSorted(), ["created", ...Array(7).fill("different")]);
  });

  test("an empty blob, and bytes that are no text, come back as they were", async () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    for (const content of [Buffer.alloc(0), every, every.subarray(7, 19)]) {
      const path = somewhere();
      await open().create(path, content);
      assert.deepEqual((await open().read(path))?.bytes, Buffer.from(content));
    }
  });

  test("a call whose signal is aborted ends with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(open().read(somewhere(), signal), /enough/);
    await assert.rejects(open().create(somewhere(), bytes("x"), { signal }), /enough/);
  });
}

function replacing(open: () => Blobs): void {
  test("replaces the version that was read, and gives the new ETag", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    const etag = (await open().head(path))?.etag ?? "";
    const next = await open().replace(path, bytes("two"), etag, { metadata: { n: "2" } });
    assert.notEqual(next, etag);
    const blob = await open().read(path);
    assert.equal(blob?.bytes.toString(), "two");
    assert.equal(blob?.etag, next);
    assert.deepEqual({ ...blob?.metadata }, { n: "2" });
  });

  test("refuses an old ETag, unless just these bytes are there", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    const etag = (await open().head(path))?.etag ?? "";
    const next = await open().replace(path, bytes("two"), etag);
    assert.equal(await open().replace(path, bytes("three"), etag), undefined);
    assert.equal(await open().replace(path, bytes("two"), etag), next);
    assert.equal((await open().read(path))?.bytes.toString(), "two");
  });

  test("does not bring back a blob that was deleted", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    const etag = (await open().head(path))?.etag ?? "";
    await open().remove(path);
    assert.equal(await open().replace(path, bytes("two"), etag), undefined);
    assert.equal(await open().head(path), undefined);
  });

  test("the ETag of a listing serves as well", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    const [entry] = await collect(open(), path);
    assert.equal(entry?.etag, (await open().head(path))?.etag);
    assert.notEqual(await open().replace(path, bytes("two"), entry?.etag ?? ""), undefined);
  });
}

function streaming(open: () => Blobs): void {
  const big = randomBytes(9 * 1024 * 1024 + 17);

  test("a blob of many pieces streams as it is", async () => {
    const path = somewhere();
    await open().create(path, big);
    assert.ok((await drain(await open().stream(path))).equals(big));
  });

  test("any range may be asked for, also beyond the end", async () => {
    const path = somewhere();
    await open().create(path, big);
    const ranges: [number, number | undefined][] = [
      [0, 10],
      [5, 0],
      [4194303, 2],
      [4194304, 5000000],
      [big.length - 3, 100],
      [big.length, 10],
      [big.length + 9, undefined],
      [8000000, undefined],
    ];
    for (const [offset, count] of ranges) {
      const wanted = big.subarray(offset, count === undefined ? undefined : offset + count);
      const range = count === undefined ? { offset } : { offset, count };
      assert.ok((await drain(await open().stream(path, range))).equals(wanted), `${offset} ${count}`);
    }
  });

  test("an empty blob streams as nothing", async () => {
    const path = somewhere();
    await open().create(path, Buffer.alloc(0));
    assert.equal((await drain(await open().stream(path))).length, 0);
  });

  test("a blob that is replaced while it is read never comes as a mixture", async () => {
    const path = somewhere();
    await open().create(path, big);
    const pieces: Buffer[] = [];
    const readOn = async () => {
      for await (const piece of (await open().stream(path)) ?? []) {
        if (pieces.length === 0) {
          const etag = (await open().head(path))?.etag ?? "";
          await open().replace(path, Buffer.alloc(big.length), etag);
        }
        pieces.push(piece);
      }
    };
    const hasEnded = await readOn().then(
      () => true,
      () => false,
    );
    assert.equal(hasEnded && !Buffer.concat(pieces).equals(big), false);
  });

  test("an append blob that grows while it is read gives at least what was there", async () => {
    const path = somewhere();
    await open().createAppendable(path);
    const half = big.subarray(0, 3 * 1024 * 1024);
    for (let n = 0; n < 3; n += 1) await open().append(path, half, n * half.length);
    const pieces: Buffer[] = [];
    for await (const piece of (await open().stream(path)) ?? []) {
      if (pieces.length === 0) await open().append(path, half, 3 * half.length);
      pieces.push(piece);
    }
    assert.ok(
      Buffer.concat(pieces)
        .subarray(0, 3 * half.length)
        .equals(Buffer.concat([half, half, half])),
    );
  });

  test("a reader may stop early", async () => {
    const path = somewhere();
    await open().create(path, big);
    for await (const piece of (await open().stream(path)) ?? []) {
      assert.ok(piece.equals(big.subarray(0, piece.length)));
      break;
    }
  });
}

function staging(open: () => Blobs): void {
  const content = randomBytes(9 * 1024 * 1024 + 5);
  const sha256 = createHash("sha256").update(content).digest("hex");

  async function write(path: BlobPath, content: Buffer) {
    const writer = open().writer(path);
    for (let from = 0; from < content.length; from += 700_001)
      await writer.write(content.subarray(from, from + 700_001));
    return writer;
  }

  test("nothing is seen before the commit, everything after it", async () => {
    const path = somewhere();
    const writer = await write(path, content);
    assert.equal(await open().head(path), undefined);
    assert.deepEqual(await collect(open(), path), []);
    assert.equal(await writer.commit({ metadata: { drop: "acme" } }), "created");
    const blob = await open().read(path);
    assert.ok(blob?.bytes.equals(content));
    assert.deepEqual({ ...blob?.metadata }, { drop: "acme", sha256 });
  });

  test("the bytes are taken at once: the caller may use the buffer again", async () => {
    const path = somewhere();
    const writer = open().writer(path);
    const buffer = Buffer.from("first ");
    await writer.write(buffer);
    buffer.write("second");
    await writer.write(buffer);
    await writer.commit();
    assert.equal((await open().read(path))?.bytes.toString(), "first second");
  });

  test("a small and an empty blob can be staged too", async () => {
    for (const small of [Buffer.alloc(0), bytes("small")]) {
      const path = somewhere();
      assert.equal(await (await write(path, small)).commit(), "created");
      assert.ok((await open().read(path))?.bytes.equals(small));
    }
  });

  test("a blob that is there is left: same by its hash, else different", async () => {
    const path = somewhere();
    await (await write(path, content)).commit();
    assert.equal(await (await write(path, content)).commit(), "same");
    assert.equal(await (await write(path, content.subarray(1))).commit(), "different");
    const other = Buffer.from(content);
    other.writeUInt8(other.readUInt8(0) ^ 1, 0);
    assert.equal(await (await write(path, other)).commit(), "different");
    assert.ok((await open().read(path))?.bytes.equals(content));
  });

  test("a blob that has no hash in its metadata is compared by its content", async () => {
    const path = somewhere();
    await open().create(path, content);
    assert.equal(await (await write(path, content)).commit(), "same");
  });

  test("two that write one blob at once do not mix: the first to commit has written it", async () => {
    const path = somewhere();
    const others = randomBytes(content.length);
    const a = await write(path, others);
    const b = await write(path, content);
    assert.equal(await a.commit(), "created");
    assert.equal(await b.commit(), "different");
    assert.ok((await open().read(path))?.bytes.equals(others));
  });

  test("what was given up is not there", async () => {
    const path = somewhere();
    const writer = await write(path, content);
    await writer.abort();
    assert.equal(await open().head(path), undefined);
    assert.equal(await (await write(path, bytes("another"))).commit(), "created");
  });
}

function appending(open: () => Blobs): void {
  test("appends where it is told to, and gives the position after it", async () => {
    const path = somewhere();
    await open().createAppendable(path);
    assert.equal(await open().append(path, bytes("B a 1\n"), 0), 6);
    assert.equal(await open().append(path, bytes("B a 2\n"), 6), 12);
    assert.equal((await open().read(path))?.bytes.toString(), "B a 1\nB a 2\n");
    assert.equal((await open().head(path))?.blocks, 2);
  });

  test("creating an append blob again does not empty it", async () => {
    const path = somewhere();
    assert.equal(await open().createAppendable(path), true);
    await open().append(path, bytes("kept"), 0);
    assert.equal(await open().createAppendable(path), false);
    assert.equal((await open().read(path))?.bytes.toString(), "kept");
  });

  test("of many that create one append blob, one has made it", async () => {
    const path = somewhere();
    const made = await Promise.all(Array.from({ length: 8 }, () => open().createAppendable(path)));
    assert.equal(made.filter(Boolean).length, 1);
  });

  test("another's bytes at the position stop it; its own mean that it was done", async () => {
    const path = somewhere();
    await open().createAppendable(path);
    await open().append(path, bytes("B a 1\nB a 2\n"), 0);
    assert.equal(await open().append(path, bytes("B a 1\n"), 0), 6);
    assert.equal(await open().append(path, bytes("B b 1\n"), 0), undefined);
    assert.equal(await open().append(path, bytes("B a 2\nB a 3\n"), 6), undefined);
    assert.equal((await open().read(path))?.bytes.toString(), "B a 1\nB a 2\n");
  });

  test("of many that append at one position, one succeeds", async () => {
    const path = somewhere();
    await open().createAppendable(path);
    const ends = await Promise.all(Array.from({ length: 8 }, (_, n) => open().append(path, bytes(`writer ${n}\n`), 0)));
    assert.deepEqual(
      ends.filter((end) => end !== undefined),
      [9],
    );
    assert.equal((await open().read(path))?.bytes.length, 9);
  });

  test("a missing append blob, one of another kind, and a position beyond the end are faults", async () => {
    const path = somewhere();
    await assert.rejects(open().append(path, bytes("x"), 0));
    await open().createAppendable(path);
    await assert.rejects(open().append(path, bytes("x"), 100));
    const other = somewhere();
    await open().create(other, bytes("block"));
    await assert.rejects(open().append(other, bytes("y"), 5));
  });

  test("its tail can be read from a position on", async () => {
    const path = somewhere();
    await open().createAppendable(path);
    await open().append(path, bytes("one\ntwo\n"), 0);
    assert.equal((await drain(await open().stream(path, { offset: 4 }))).toString(), "two\n");
    assert.equal((await drain(await open().stream(path, { offset: 8 }))).toString(), "");
  });
}

function listing(open: () => Blobs): void {
  test("lists what begins with the prefix, in order of name, with its size", async () => {
    const root: BlobPath = `state/${randomUUID()}/`;
    for (const name of ["b/2", "a", "b/10", "b/1", "bb"]) await open().create(`${root}${name}`, bytes(name));
    assert.deepEqual(
      await collectPaths(open(), root),
      ["a", "b/1", "b/10", "b/2", "bb"].map((name) => `${root}${name}`),
    );
    assert.deepEqual(await collectPaths(open(), `${root}b/1`), [`${root}b/1`, `${root}b/10`]);
    assert.equal((await collect(open(), `${root}b/10`))[0]?.sizeInBytes, 4);
  });

  test("nothing to list is no fault", async () => {
    assert.deepEqual(await collectPaths(open(), `state/${randomUUID()}/`), []);
  });

  test("deletes a blob; deleting what is not there is no error", async () => {
    const path = somewhere();
    await open().create(path, bytes("x"));
    await open().remove(path);
    assert.equal(await open().head(path), undefined);
    await open().remove(path);
  });

  test("a version is deleted only while it is the one that is there", async () => {
    const path = somewhere();
    await open().create(path, bytes("one"));
    const first = (await open().head(path))?.etag ?? "";
    const second = (await open().replace(path, bytes("two"), first)) ?? "";
    await open().remove(path, first);
    assert.equal((await open().read(path))?.bytes.toString(), "two");
    const [listed] = await collect(open(), path);
    assert.equal(listed?.etag, second);
    await open().remove(path, listed.etag);
    await open().remove(path, listed.etag);
    assert.equal(await open().head(path), undefined);
    await open().create(path, bytes("two"));
    await open().remove(path, second);
    assert.equal((await open().read(path))?.bytes.toString(), "two");
  });
}

function leasing(open: () => Blobs): void {
  test("one holds it at a time; given back, another may have it", async () => {
    const path = somewhere();
    const lease = await open().lease(path, 15_000);
    assert.ok(lease !== undefined);
    assert.ok(lease.isFresh(10_000));
    assert.equal(await open().lease(path, 15_000), undefined);
    assert.equal(await lease.renew(), true);
    await lease.release();
    assert.equal(lease.isFresh(10_000), false);
    assert.notEqual(await open().lease(path, 15_000), undefined);
  });

  test("of eight that want it at once, on a lock that is not there yet, one gets it", async () => {
    const path = somewhere();
    const leases = await Promise.all(Array.from({ length: 8 }, () => open().lease(path, 15_000)));
    assert.equal(leases.filter((lease) => lease !== undefined).length, 1);
  });

  test("renewing a lease that another has taken over says that it is lost", async () => {
    const path = somewhere();
    const lease = await open().lease(path, 15_000);
    await lease?.release();
    const other = await open().lease(path, 15_000);
    assert.equal(await lease?.renew(), false);
    assert.equal(lease?.isFresh(1_000_000), false);
    assert.equal(await other?.renew(), true);
    await lease?.release();
    assert.equal(await other?.renew(), true);
  });

  test("lasts between 15 and 60 seconds", async () => {
    await assert.rejects(open().lease(somewhere(), 14_999), RangeError);
    await assert.rejects(open().lease(somewhere(), 60_001), RangeError);
  });
}

async function drain(stream: AsyncIterable<Buffer> | undefined): Promise<Buffer> {
  assert.ok(stream !== undefined);
  return Buffer.concat(await toArray(stream));
}

async function collect(blobs: Blobs, prefix: BlobPath): Promise<BlobEntry[]> {
  return toArray(blobs.list(prefix));
}

async function collectPaths(blobs: Blobs, prefix: BlobPath): Promise<BlobPath[]> {
  return (await collect(blobs, prefix)).map(({ path }) => path);
}

async function toArray<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}
