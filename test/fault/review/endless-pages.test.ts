import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../../shared/graph/graph.ts";
import { GraphMailbox } from "../../../shared/import/graph-mailbox.ts";
import { ids, keyOf } from "../../support/import-world.ts";

/** Gives an empty page and a link to the next one, for ever; and up if nobody else does. */
function endless() {
  let asked = 0;
  const graph: Graph = {
    request: async () => {
      asked += 1;
      assert(asked <= 20_000, "asked without end");
      const body = { value: [], "@odata.nextLink": `https://graph.example/v1.0/next?${asked}` };
      return { status: 200, headers: new Headers(), body, requestId: "r", receivedAt: 0 };
    },
  };
  return new GraphMailbox(graph, ids.oid, { requestTimeoutInMs: 1000 });
}

test("a look-up that leads from page to page without end says nothing in the end: it must not hold the slice for ever", async () => {
  assert.equal((await endless().findByMessageId("<a@b>")).type, "unknown");
  assert.equal((await endless().findByKey("folder", keyOf("one"))).type, "unknown");
  assert.equal((await endless().findFolders("ICE Chat")).type, "unknown");
});
