import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { z } from "zod";
import { pageOf, pageQuery, parseCursor, takePage, toCursor } from "../../../shared/api/paging.ts";
import { ApiProblem } from "../../../shared/api/problem.ts";

const isInvalid = (error: unknown): boolean => error instanceof ApiProblem && error.problem === "invalid";

describe("pages", () => {
  test("together have every item once, in order, each page as long as was asked", async () => {
    const keys = fc.uniqueArray(fc.string(), { maxLength: 40 }).map((all) => all.toSorted());
    await fc.assert(
      fc.asyncProperty(keys, fc.integer({ min: 1, max: 7 }), async (all, limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await takePage(all, { limit, cursor }, (item) => item);
          assert.ok(page.items.length === limit || page.next === undefined);
          assert.ok(page.items.length > 0 || all.length === 0);
          seen.push(...page.items);
          cursor = page.next;
        } while (cursor !== undefined);
        assert.deepEqual(seen, all);
      }),
      { numRuns: 200 },
    );
  });

  test("go on after an item that was deleted meanwhile", async () => {
    const { next } = await takePage(["a", "b", "c"], { limit: 2 }, (item) => item);
    assert.deepEqual(await takePage(["a", "c"], { limit: 2, cursor: next }, (item) => item), { items: ["c"] });
  });

  test("take no cursor that they did not give", () => {
    for (const cursor of ["", "x", "%", toCursor({ a: 1 }), "a".repeat(1000)]) {
      assert.throws(() => parseCursor(z.string(), cursor), isInvalid, cursor);
    }
    assert.equal(parseCursor(z.string(), toCursor("é/1")), "é/1");
  });

  test("have 50 items unless 1 to 500 are asked for", () => {
    const query = z.strictObject(pageQuery);
    assert.deepEqual(query.parse({}), { limit: 50 });
    assert.deepEqual(query.parse({ limit: "500" }), { limit: 500 });
    for (const limit of ["0", "501", "-1", "1.5", "x", "1e9", "Infinity"]) {
      assert.equal(query.safeParse({ limit }).success, false, limit);
    }
  });

  test("are told as items and, before the last, where to go on", () => {
    assert.deepEqual(pageOf(z.number()).parse({ items: [1], next: "x", more: 1 }), { items: [1], next: "x" });
  });
});
