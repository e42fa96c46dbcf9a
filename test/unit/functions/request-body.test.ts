import assert from "node:assert/strict";
import { ReadableStream } from "node:stream/web";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toRequestBody } from "../../../functions/request-body.ts";

/** A body of so many pieces of 1 kB, and whether it was taken to its end, or cancelled. */
function toStream(pieces: number, isEndless = false) {
  const told = { taken: 0, isCancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (told.taken < pieces) {
        told.taken += 1;
        controller.enqueue(new Uint8Array(1000));
      } else if (!isEndless) controller.close();
    },
    cancel: () => {
      told.isCancelled = true;
    },
  });
  return { stream, told };
}

describe("a request's body", () => {
  test("is read piece by piece", async () => {
    const { bytes, drain } = toRequestBody(toStream(5).stream);
    let sizeInBytes = 0;
    for await (const piece of bytes) sizeInBytes += piece.byteLength;
    assert.equal(sizeInBytes, 5000);
    await drain();
  });

  test("is taken to its end where its reader left off, and never cancelled", async () => {
    const { stream, told } = toStream(50);
    const { bytes, drain } = toRequestBody(stream);
    for await (const _ of bytes) break;
    assert.ok(told.taken < 5);
    await drain();
    assert.deepEqual(told, { taken: 50, isCancelled: false });
  });

  test("is not taken without end", async () => {
    const { stream, told } = toStream(1_000_000);
    await toRequestBody(stream).drain();
    assert.ok(told.taken >= 32_000 && told.taken < 32_100, String(told.taken));
  });

  test("is not waited for when its sender waits too", async () => {
    const { stream } = toStream(3, true);
    const startedAt = performance.now();
    await toRequestBody(stream).drain();
    assert.ok(performance.now() - startedAt < 5000);
  });

  test("is not waited for when its sender sends byte after byte", async () => {
    const pull = async (controller: { enqueue(piece: Uint8Array): void }): Promise<void> => {
      await sleep(20);
      controller.enqueue(new Uint8Array(1));
    };
    const startedAt = performance.now();
    await toRequestBody(new ReadableStream<Uint8Array>({ pull })).drain(300);
    assert.ok(performance.now() - startedAt < 5000);
  });

  test("may break off while it is dropped", async () => {
    const stream = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error("gone")) });
    await toRequestBody(stream).drain();
  });
});
