import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { followContent } from "../../../functions/follow-content.ts";

async function* pieces(told: string[], breaksAfter = 9): AsyncGenerator<string> {
  try {
    for (let i = 1; i <= 3; i += 1) {
      if (i > breaksAfter) throw new Error("Jane wrote: sell");
      yield `piece ${i}`;
    }
  } finally {
    told.push("closed");
  }
}

async function readAll(content: Awaited<ReturnType<typeof followContent>>): Promise<string[]> {
  assert.ok(typeof content === "object" && Symbol.asyncIterator in content);
  const read: string[] = [];
  for await (const piece of content) read.push(String(piece));
  return read;
}

const nothingIsTold = (): void => assert.fail("nothing broke");

describe("a content on its way", () => {
  test("comes whole, also when it is empty or no stream", async () => {
    assert.deepEqual(await readAll(await followContent(pieces([]), nothingIsTold)), ["piece 1", "piece 2", "piece 3"]);
    assert.deepEqual(await readAll(await followContent((async function* () {})(), nothingIsTold)), []);
    for (const whole of [undefined, "text", new Uint8Array(2)]) {
      assert.equal(await followContent(whole, nothingIsTold), whole);
    }
  });

  test("fails while nothing has been sent", async () => {
    await assert.rejects(followContent(pieces([], 0), nothingIsTold), /Jane wrote/);
  });

  test("breaks off later with words of ours, and tells why", async () => {
    const told: unknown[] = [];
    const content = await followContent(pieces([], 2), (error) => told.push(error));
    await assert.rejects(readAll(content), { message: "The download broke off." });
    assert.match(String(told), /Jane wrote/);
  });

  test("is closed when its reader goes", async () => {
    const told: string[] = [];
    const content = await followContent(pieces(told), nothingIsTold);
    assert.ok(typeof content === "object" && Symbol.asyncIterator in content);
    for await (const _ of content) break;
    assert.deepEqual(told, ["closed"]);
  });
});
