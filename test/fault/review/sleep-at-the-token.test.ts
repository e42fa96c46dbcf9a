import assert from "node:assert/strict";
import { test } from "node:test";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { GraphMailbox } from "../../../shared/import/graph-mailbox.ts";
import { importMailbox } from "../../../shared/pipeline/import-mailbox.ts";
import { chatLineOf, ImportWorld, ids } from "../../support/import-world.ts";
import { json, startScriptedHttps } from "../../wire/graph/scripted-https.ts";

const lines = ["one", "two"].map((word, position) => ({ item: chatLineOf(word, { position }) }));

for (const [what, refusals] of [
  ["for its token", 0],
  ["for a new token after a 401", 2],
] as const) {
  test(`a worker whose machine fell asleep while it waited ${what} sends nothing when it wakes: its check is out of date`, async () => {
    const refusal = json(401, { error: { code: "InvalidAuthenticationToken" } });
    const made = json(201, { id: "AAMk" });
    await using server = await startScriptedHttps(
      ...Array.from({ length: 8 }, (_, n) => (n < refusals ? refusal : made)),
    );
    const world = new ImportWorld({ lanes: 1 });
    let tokens = 0;
    const credential = {
      getToken: async () => {
        tokens += 1;
        // No timer notices a machine's sleep: on Linux they stand still with it.
        if (tokens > 1 || refusals === 0) world.clock.turn(20 * 60_000);
        return { token: `t${tokens}`, expiresOnTimestamp: Number.MAX_SAFE_INTEGER };
      },
    };
    const graph = createGraph({ credential, endpoint: server.endpoint, clock: world.clock });
    const real = new GraphMailbox(graph, ids.oid, { requestTimeoutInMs: 5000 });
    world.mailbox.create = (...given) => real.create(...given);
    await world.begin(lines);
    await importMailbox(world.depsOf(), world.taskOf());
    assert.equal(server.arrived.filter(({ method }) => method === "POST").length, refusals === 0 ? 0 : 1);
  });
}
