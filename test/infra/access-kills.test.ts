import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type DirectoryData, toComparable } from "./entra/directory-data.ts";
import { startWorld } from "./entra/world.ts";

const lagInMs = 1500;

/** A tenant in which a run of this kind begins. */
async function toStart(mode: "register" | "undo"): Promise<DirectoryData> {
  await using world = await startWorld({ lagInMs });
  if (mode === "undo") await world.run();
  return world.data;
}

describe("a run that is broken off", () => {
  for (const mode of ["register", "undo"] as const) {
    test(`${mode}: at any request, before or after it was done, is made good by the next one`, async (t) => {
      const start = await toStart(mode);
      await using whole = await startWorld({ lagInMs, data: structuredClone(start) });
      assert.equal((await whole.run({ mode })).code, 0);
      assert.ok(whole.graph.writes.length >= (mode === "undo" ? 4 : 8));
      let broken = 0;
      for (const [i, request] of whole.graph.requests.slice().entries()) {
        // Whether a read was still answered inside of Graph makes no difference to what is there.
        for (const isDone of request.startsWith("GET") ? [false] : [false, true]) {
          const at = i + 1;
          broken++;
          await using world = await startWorld({ lagInMs, data: structuredClone(start) });
          world.graph.break = { at, isDone };
          const first = await world.run({ mode });
          assert.ok(first.error !== undefined, `request ${at} did not break off the run`);
          world.graph.break = undefined;
          const again = await world.run({ mode });
          assert.equal(again.code, 0, `request ${at}: ${again.text} ${again.error}`);
          assert.deepEqual(toComparable(world.data), toComparable(whole.data), `request ${at}`);
        }
      }
      t.diagnostic(`${broken} runs broken off at ${whole.graph.requests.length} requests, 0 with another end`);
    });
  }
});
