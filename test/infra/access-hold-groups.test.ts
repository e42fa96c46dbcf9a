import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ids } from "./entra/directory-data.ts";
import { type EntraWorld, startWorld } from "./entra/world.ts";

const groups = { readsGroups: true };

/** What the app's identity may ask of Graph. */
function grantsIn({ data }: EntraWorld): string[] {
  const ours = data.appRoleAssignments.filter(({ principalId }) => principalId === ids.identity);
  return ours.map(({ appRoleId }) => String(appRoleId)).toSorted();
}

const both = [ids.groupMemberReadAll, ids.userReadAll].toSorted();

describe("the permission to see who is in a group", () => {
  test("is not given unless it is asked for", async () => {
    await using world = await startWorld();
    assert.equal((await world.run()).code, 0);
    assert.deepEqual(grantsIn(world), [ids.userReadAll]);
  });

  test("is given with --hold-groups, at once or later, and only once", async () => {
    await using world = await startWorld();
    assert.equal((await world.run(groups)).code, 0);
    assert.deepEqual(grantsIn(world), both);
    await using later = await startWorld();
    await later.run();
    const { code, text } = await later.run(groups);
    assert.equal(code, 0, text);
    assert.match(
      text,
      /to put right: the app's identity may not see who is in the group .*: no GroupMember\.Read\.All/,
    );
    assert.deepEqual(grantsIn(later), both);
    later.graph.writes.length = 0;
    assert.equal((await later.run(groups)).code, 0);
    assert.deepEqual(later.graph.writes, []);
  });

  test("is told by --check: that it is missing, or that it is there and nobody said that it is needed", async () => {
    await using world = await startWorld();
    await world.run();
    const missing = await world.run({ mode: "check", ...groups });
    assert.equal(missing.code, 1);
    assert.match(missing.text, /missing: .*GroupMember\.Read\.All/);
    await world.run(groups);
    assert.equal((await world.run({ mode: "check", ...groups })).code, 0);
    const unasked = await world.run({ mode: "check" });
    assert.equal(unasked.code, 1);
    assert.match(
      unasked.text,
      /has GroupMember\.Read\.All .*, which it does not need unless .*: then say --hold-groups/,
    );
  });

  test("is left as it is by a run that does not name it", async () => {
    await using world = await startWorld();
    await world.run(groups);
    assert.equal((await world.run()).code, 0);
    assert.deepEqual(grantsIn(world), both);
  });

  test("goes with --undo, whether it is named there or not", async () => {
    for (const named of [groups, {}]) {
      await using world = await startWorld();
      await world.run(groups);
      const { code, text } = await world.run({ mode: "undo", ...named });
      assert.equal(code, 0);
      assert.match(text, /to remove: the identity's permission GroupMember\.Read\.All/);
      assert.deepEqual(grantsIn(world), []);
    }
  });
});
