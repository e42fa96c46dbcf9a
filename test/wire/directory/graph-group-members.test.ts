import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { objectId } from "../../../shared/chat/identifiers.ts";
import { DirectoryFault } from "../../../shared/directory/directory-fault.ts";
import { GraphGroupMembers } from "../../../shared/directory/graph-group-members.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import type { Graph } from "../../../shared/graph/graph.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type GraphWorld, startGraphWorld, userOf } from "../../support/graph-world.ts";

const group = objectId.parse("99999999-0000-4000-8000-000000000001");
const inner = objectId.parse("99999999-0000-4000-8000-000000000002");
const clock = new FakeClock({ turnsItself: true });
let world: GraphWorld;

before(async () => {
  world = await startGraphWorld(1);
});
beforeEach(() => world.standIn.faults.clear());
after(async () => await world.close());

function open(): GraphGroupMembers {
  const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
  const graph = createGraph({ credential, endpoint: world.standIn.url, clock });
  return new GraphGroupMembers({ graph, clock, random: () => 0, attempts: 2 });
}

test("the members of a group and of groups in it are told, over as many pages as there are", async () => {
  const users = Array.from({ length: 2500 }, (_, n) => userOf(n));
  world.standIn.groups.put({ id: inner, members: [...users.slice(1000), group] });
  world.standIn.groups.put({ id: group, members: [...users.slice(0, 1000), inner] });
  const members = await open().membersOf(group);
  assert.deepEqual(
    users.filter((user) => !members.has(user)),
    [],
  );
});

test("a group of nobody is empty", async () => {
  world.standIn.groups.put({ id: group, members: [] });
  assert.equal((await open().membersOf(group)).size, 0);
});

test("a group that is not there is a fault that says so, and not nobody", async () => {
  const gone = objectId.parse("99999999-0000-4000-8000-000000000003");
  await assert.rejects(open().membersOf(gone), (error) => {
    assert.ok(error instanceof DirectoryFault);
    assert.equal(error.reason, "no-such-group");
    return true;
  });
});

for (const [status, code, reason] of [
  [403, "Authorization_RequestDenied", "groups-not-permitted"],
  [429, "TooManyRequests", "throttled"],
  [503, "ServiceUnavailable", "unavailable"],
] as const) {
  test(`a group that Graph answers with ${status} for is a fault (${reason}) and not nobody`, async () => {
    world.standIn.groups.put({ id: group, members: [userOf(0)] });
    world.standIn.faults.add({ match: { path: "transitiveMembers" }, action: { kind: "answer", status, code } });
    await assert.rejects(open().membersOf(group), (error) => {
      assert.ok(error instanceof DirectoryFault);
      assert.equal(error.reason, reason);
      return true;
    });
  });
}

test("pages that never end are given up", async () => {
  const next = "https://graph.microsoft.com/v1.0/groups/x/transitiveMembers?$skiptoken=1";
  const graph: Graph = {
    request: async () => ({
      status: 200,
      headers: new Headers(),
      body: { value: [], "@odata.nextLink": next },
      requestId: "r",
      receivedAt: 0,
    }),
  };
  const groups = new GraphGroupMembers({ graph, clock, random: () => 0 });
  await assert.rejects(groups.membersOf(group), { reason: "endless" });
});
