import assert from "node:assert/strict";
import { test } from "node:test";
import { toCreateOutcome } from "../../../shared/import/graph-outcome.ts";
import { chatLineOf, ImportWorld, keyOf } from "../../support/import-world.ts";

const minute = 60_000;

for (const fault of [
  { status: 502, code: "" },
  { status: 502, code: "BadGateway" },
  { status: 503, code: "" },
]) {
  test(`a ${fault.status} ${fault.code === "" ? "page" : fault.code} of a gateway does not say that the write is over: stored three minutes later, it still comes once`, async () => {
    const world = new ImportWorld();
    const { create } = world.mailbox;
    let late: Promise<unknown> | undefined;
    world.mailbox.create = async (folderId, item) => {
      if (late !== undefined) return create.call(world.mailbox, folderId, item);
      const { promise, resolve } = Promise.withResolvers<void>();
      late = promise.then(() => create.call(world.mailbox, folderId, item));
      landNow = resolve;
      return toCreateOutcome(fault, "");
    };
    let landNow = () => {};
    await world.begin([{ item: chatLineOf("one") }]);
    const startedAt = world.clock.now();
    for (let hasLanded = false; (await world.run()).state !== "done"; ) {
      if (!hasLanded && world.clock.now() - startedAt >= 3 * minute) {
        hasLanded = true;
        landNow();
        await late;
      }
      if ((await world.tryOnce()) === "nothing") world.clock.turn(10_000);
    }
    if (world.clock.now() - startedAt < 3 * minute) {
      landNow();
      await late;
    }
    assert.deepEqual(world.mailbox.counts(), { [keyOf("one")]: 1 });
  });
}
