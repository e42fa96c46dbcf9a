import assert from "node:assert/strict";
import { test } from "node:test";
import { bindCursors } from "../../../shared/api/bound-cursor.ts";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { ApiProblem } from "../../../shared/api/problem.ts";
import { SetupWorld } from "../../support/setup-world.ts";

const drop = { drop: "acme-2026-06-03-1", gen: 1 };

function nextOf(...asked: Parameters<typeof bindCursors>): string {
  const reply = bindCursors(...asked).toReply({ items: [1], next: "place" });
  assert.ok(typeof reply === "object" && reply !== null && "next" in reply);
  return String(reply.next);
}

test("a place goes back to its own listing, whatever the size of the page", () => {
  const next = nextOf("listItems", drop, { limit: 50, outcome: "failed", file: undefined });
  const { fields } = bindCursors("listItems", drop, { outcome: "failed", limit: 2, cursor: next });
  assert.deepEqual(fields, { outcome: "failed", limit: 2, cursor: "place" });
});

test("a place in another listing, or with other filters, is none", () => {
  const next = nextOf("listItems", drop, { limit: 50, outcome: "failed" });
  for (const [endpoint, params, fields] of [
    ["listUnmapped", drop, { outcome: "failed" }],
    ["listItems", { ...drop, gen: 2 }, { outcome: "failed" }],
    ["listItems", drop, { outcome: "open" }],
    ["listItems", drop, {}],
  ] as const) {
    assert.throws(() => bindCursors(endpoint, params, { limit: 50, ...fields, cursor: next }), ApiProblem);
  }
  assert.throws(() => bindCursors("listItems", drop, { limit: 50, cursor: "cGxhY2U" }), ApiProblem);
});

test("what is no listing passes as it is", () => {
  for (const fields of [undefined, null, "text", { drop: 1 }]) {
    const bound = bindCursors("readDrop", drop, fields);
    assert.deepEqual([bound.fields, bound.toReply({ a: 1 })], [fields, { a: 1 }]);
  }
});

test("the API takes its own place, and no other listing's", async () => {
  const world = new SetupWorld();
  for (const name of ["a", "b"]) await world.blobs.create(`state/connector/${name}`, Buffer.from("{}"));
  const { body } = await world.do(connectorRoutes.listConnectors, { query: { limit: "1" } });
  const query = { cursor: body.next ?? "" };
  assert.equal((await world.ask("listConnectors", { query })).status, 200);
  assert.deepEqual((await world.ask("listDrafts", { query })).faults, ["cursor: is not one that a page gave"]);
});
