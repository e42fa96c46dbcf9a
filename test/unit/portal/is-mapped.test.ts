import assert from "node:assert/strict";
import { test } from "node:test";
import { isMapped } from "../../../portal/drops/is-mapped.ts";

type Bars = Parameters<typeof isMapped>[0];
const barsAt = (current: string | undefined, mapped: number): Bars =>
  (["files", "chunks-opened", "chunks-mapped", "partitions", "mailboxes", "items"] as const).map((stage) => ({
    stage,
    done: stage === "chunks-mapped" ? mapped : 0,
    isCurrent: stage === current,
  }));

test("a drop has no sums before its first chunk is mapped", () => {
  for (const stage of ["files", "chunks-opened", "chunks-mapped"]) assert.equal(isMapped(barsAt(stage, 0)), false);
});

test("a drop has sums from its first mapped chunk on, also where it has no chunk at all", () => {
  assert.equal(isMapped(barsAt("chunks-mapped", 1)), true);
  assert.equal(isMapped(barsAt("chunks-opened", 1)), true);
  assert.equal(isMapped(barsAt("items", 0)), true);
  assert.equal(isMapped(barsAt(undefined, 0)), true);
});
