import assert from "node:assert/strict";
import { test } from "node:test";
import { toKind } from "../../../local/bench/rows/import-operations-body.ts";

test("every operation that the app tells of is counted as the kind as which it can be saved", () => {
  const kindOf = (operation: string) => toKind({ dependency: "blobs", operation });
  assert.deepEqual(["lease", "give back the lease of", "renew the lease of"].map(kindOf), ["lease", "lease", "renew"]);
  assert.deepEqual(["read", "look at", "append to", "list", "delete"].map(kindOf), [
    "read",
    "look at",
    "append",
    "list",
    "delete",
  ]);
  for (const put of ["create", "replace", "stage a block of", "commit"]) assert.equal(kindOf(put), "put");
  assert.equal(toKind({ dependency: "queues", operation: "send to queue" }), "queue");
  assert.equal(toKind({ dependency: "graph", operation: "POST messages" }), undefined);
});
