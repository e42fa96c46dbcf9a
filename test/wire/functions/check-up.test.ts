import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type CheckWorld, startCheckWorld } from "../../support/check-world.ts";

describe("the app checks itself", () => {
  let world: CheckWorld;
  before(async () => {
    world = await startCheckWorld();
  });
  beforeEach(() => world.mend());
  after(() => world.close());

  test("when all is well every line is ok, or skipped for what a laptop has not", async () => {
    const lines = await world.check();
    assert.ok(lines.length > 0);
  });
});
