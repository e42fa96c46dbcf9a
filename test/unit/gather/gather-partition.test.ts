import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type FileId, type MailboxId, toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { gatherPartition, type RoutedSource } from "../../../shared/gather/gather-partition.ts";
import { choosePartitions, toPartition } from "../../../shared/gather/partitions.ts";
import { toGzipLines } from "../../../shared/store/lines.ts";
import { oid } from "../../contract/directory/directory-contract.ts";

const [fileA, fileB] = [toFileId("a"), toFileId("b")];
const [jane, john] = [toMailboxId(oid(1), 0), toMailboxId(oid(2), 1)];

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes.subarray(0, 7);
  yield bytes.subarray(7);
}

function chunk(file: FileId, ...lines: string[]): RoutedSource {
  return { file, gzipped: piecesOf(toGzipLines(lines)) };
}

async function gather(routedChunks: RoutedSource[], rules: { p?: number; P?: number; openLimitInBytes?: number } = {}) {
  const blobs = new Map<MailboxId, Buffer>();
  const request = { routedChunks, p: 0, P: 1, ...rules };
  const part = await gatherPartition(request, {
    async write(mailbox, bytes) {
      assert.ok(!blobs.has(mailbox), "a blob was written twice");
      blobs.set(mailbox, bytes);
    },
  });
  const lines = (mailbox: MailboxId): string[] =>
    gunzipSync(blobs.get(mailbox) ?? Buffer.alloc(0))
      .toString()
      .split("\n")
      .slice(0, -1);
  return { part, blobs, lines };
}

test("a mailbox's blob has its items by chat day, and in their order within a day", async () => {
  const { part, lines } = await gather([
    chunk(fileA, `${jane},${john}\t2026-06-03\t{"n":1}`, `${jane}\t2026-06-02\t{"n":"ü\\t"}`),
    chunk(fileB, `${john}\t2026-06-01\t{"n":3}`, `${jane}\t2026-06-03\t{"n":4}`, `${jane}\t2026-06-02\t{"n":5}`),
  ]);
  assert.deepEqual(lines(jane), [
    `${fileA}\t2026-06-02\t{"n":"ü\\t"}`,
    `${fileB}\t2026-06-02\t{"n":5}`,
    `${fileA}\t2026-06-03\t{"n":1}`,
    `${fileB}\t2026-06-03\t{"n":4}`,
  ]);
  assert.deepEqual(lines(john), [`${fileB}\t2026-06-01\t{"n":3}`, `${fileA}\t2026-06-03\t{"n":1}`]);
  assert.deepEqual(part, {
    p: 0,
    P: 1,
    mailboxes: {
      [jane]: { items: 4, chatDays: ["2026-06-02", "2026-06-03"] },
      [john]: { items: 2, chatDays: ["2026-06-01", "2026-06-03"] },
    },
  });
});

test("a drop of which nobody gets anything has a part without mailboxes", async () => {
  const { part, blobs } = await gather([chunk(fileA)]);
  assert.deepEqual([part.mailboxes, blobs.size], [{}, 0]);
});

test("lines larger than a gzip member and many small ones come out as they went in", async () => {
  const large = `{"t":"${"😀".repeat(40_000)}"}`;
  const json = Array.from({ length: 3000 }, (_, n) => (n === 1500 ? large : `{"n":${n},"t":"${"x".repeat(n % 200)}"}`));
  const { lines } = await gather([chunk(fileA, ...json.map((one) => `${jane}\t2026-06-03\t${one}`))]);
  assert.deepEqual(
    lines(jane),
    json.map((one) => `${fileA}\t2026-06-03\t${one}`),
  );
});

test("what lies open is compressed when it becomes too much, and nothing is lost by that", async () => {
  const chunks = () =>
    [fileA, fileB].map((file) =>
      chunk(
        file,
        ...Array.from({ length: 200 }, (_, n) => `${n % 3 ? jane : john}\t2026-06-0${(n % 4) + 1}\t{"n":${n}}`),
      ),
    );
  const [tight, wide] = [await gather(chunks(), { openLimitInBytes: 300 }), await gather(chunks())];
  for (const mailbox of [jane, john]) assert.deepEqual(tight.lines(mailbox), wide.lines(mailbox));
});

test("a source or a sink that fails ends the gathering", async () => {
  const fault = new Error("storage is away");
  async function* failing(): AsyncGenerator<Buffer> {
    yield toGzipLines([]).subarray(0, 5);
    throw fault;
  }
  await assert.rejects(gather([{ file: fileA, gzipped: failing() }]), fault);
  const request = { routedChunks: [chunk(fileA, `${jane}\t2026-06-03\t{}`)], p: 0, P: 1 };
  await assert.rejects(gatherPartition(request, { write: () => Promise.reject(fault) }), fault);
});

for (const line of ["no tabs", `${jane}\t2026-06-03`, `jane@bank.example\t2026-06-03\t{}`, `${jane}\t3 June\t{}`, ""]) {
  test(`${JSON.stringify(line)} is no routed line and stops the gathering`, async () => {
    await assert.rejects(gather([chunk(fileA, line, `${john}\t2026-06-03\t{}`)]));
  });
}

test("a mailbox's partition never changes: repeated gathers must find the same", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((n) => toPartition(toMailboxId(oid(n), 0), 8)),
    [4, 1, 2, 7, 0],
  );
});

test("mailboxes are spread evenly", () => {
  for (const P of [8, 9, 20]) {
    const sizes = Array.from({ length: P }, () => 0);
    for (let n = 0; n < 4000; n++) {
      const p = toPartition(toMailboxId(oid(n * 7919), 0), P);
      sizes[p] = (sizes[p] ?? 0) + 1;
    }
    assert.ok(Math.max(...sizes) < (4000 / P) * 1.4, `${sizes}`);
  }
});

test("a drop is gathered in two parts, and in more when it is very large", () => {
  assert.deepEqual(
    [choosePartitions(0), choosePartitions(4000), choosePartitions(4001), choosePartitions(50, 4_000_000)],
    [2, 2, 3, 10],
  );
});
