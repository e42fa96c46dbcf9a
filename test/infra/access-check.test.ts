import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ids } from "./entra/directory-data.ts";
import { tamperings, withoutRole } from "./entra/tamperings.ts";
import { type EntraWorld, startWorld } from "./entra/world.ts";

describe("npm run register -- --check", () => {
  let world: EntraWorld;
  before(async () => {
    world = await startWorld({ lagInMs: 0 });
    await world.run();
  });
  after(() => world[Symbol.asyncDispose]());

  test("has nothing to say of what registering has made", async () => {
    const { code, text } = await world.run({ mode: "check" });
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`signInClientId is ${world.data.applications[0]?.["appId"]}`));
  });

  test("tells that nobody can be an admin", async () => {
    const kept = structuredClone(world.data);
    world.directory.tamper(withoutRole(ids.alice));
    const { code, text } = await world.run({ mode: "check", people: [] });
    assert.equal(code, 1);
    assert.match(text, /nobody is Connector\.Admin/);
    world.directory.tamper((data) => void Object.assign(data, kept));
  });

  for (const { what, change, told, stays } of tamperings) {
    test(`tells of ${what}, and ${stays ? "leaves it to people" : "the next run puts it right"}`, async () => {
      const kept = structuredClone(world.data);
      world.directory.tamper(change);
      const tampered = structuredClone(world.data);
      const { code, text } = await world.run({ mode: "check" });
      assert.equal(code, 1);
      assert.match(text, told);
      assert.deepEqual(world.data, tampered);
      const { code: mended, error } = await world.run();
      assert.deepEqual([mended, error], [0, undefined]);
      const { code: after } = await world.run({ mode: "check" });
      assert.equal(after, stays ? 1 : 0);
      if (stays) assert.deepEqual(world.data, tampered);
      world.directory.tamper((data) => void Object.assign(data, kept));
    });
  }
});
