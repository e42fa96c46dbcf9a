import assert from "node:assert/strict";
import { test } from "node:test";
import type { ParsedRecord } from "../../../shared/chat/chat-item.ts";
import { RecordQueue } from "../../../shared/parse/record-queue.ts";

const record = (): ParsedRecord => ({ type: "roster", roster: { stays: [] } });

/** Pieces that say how many records are in them; a negative one fails behind that many. */
function queueOf(...pieces: readonly number[]) {
  const seen = { isLetGo: false, isEnded: false };
  async function* source(): AsyncGenerator<number> {
    try {
      yield* pieces;
    } finally {
      seen.isLetGo = true;
    }
  }
  const queue: ParsedRecord[] = [];
  const records = new RecordQueue(queue, source(), {
    write: (count) => {
      for (let i = 0; i < Math.abs(count); i += 1) queue.push(record());
      if (count < 0) throw new Error("fault");
    },
    end: () => {
      seen.isEnded = true;
      queue.push(record());
    },
  });
  return { records, seen };
}

async function count(records: AsyncIterable<ParsedRecord>, atMost = Number.POSITIVE_INFINITY) {
  let found = 0;
  try {
    for await (const _ of records) {
      found += 1;
      if (found >= atMost) break;
    }
  } catch (error) {
    return { found, error };
  }
  return { found, error: undefined };
}

test("records of all pieces come, and those of the end", async () => {
  const { records, seen } = queueOf(2, 0, 0, 3);
  assert.deepEqual(await count(records), { found: 6, error: undefined });
  assert.deepEqual(seen, { isLetGo: true, isEnded: true });
  assert.deepEqual(await records.next(), { done: true, value: undefined });
});

test("what comes before a fault comes first, then the fault, then nothing; the source is let go", async () => {
  const { records, seen } = queueOf(2, -3, 5);
  assert.deepEqual(await count(records), { found: 5, error: new Error("fault") });
  assert.deepEqual(seen, { isLetGo: true, isEnded: false });
  assert.deepEqual(await records.next(), { done: true, value: undefined });
});

test("whoever stops early lets go of the source", async () => {
  const { records, seen } = queueOf(2, 2, 2);
  assert.deepEqual(await count(records, 3), { found: 3, error: undefined });
  assert.deepEqual(seen, { isLetGo: true, isEnded: false });
  assert.deepEqual(await records.next(), { done: true, value: undefined });
});
