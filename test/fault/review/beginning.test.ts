import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../../shared/import/mailbox.ts";
import { chatLineOf, ImportWorld } from "../../support/import-world.ts";

const lines = ["one", "two", "three", "four", "five"].map((word, position) => ({
  item: chatLineOf(word, { position }),
}));

for (const retryAfterInMs of [undefined, 5000]) {
  for (const read of ["rootId", "findFolders"] as const) {
    test(`a slice whose ${read} is throttled for ${retryAfterInMs ?? "no given time"} creates nothing in a folder it does not know`, async () => {
      const world = new ImportWorld();
      const folders = new Set<string>();
      const { create, [read]: ask } = world.mailbox;
      world.mailbox.create = (folderId, item) => {
        folders.add(folderId);
        return create.call(world.mailbox, folderId, item);
      };
      const throttled = { type: "throttled", ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }) } as const;
      let asked = 0;
      const answer = async (name: string): Promise<Answer<never>> => {
        asked += 1;
        return asked === 1 ? throttled : Reflect.apply(ask, world.mailbox, [name]);
      };
      Object.assign(world.mailbox, { [read]: answer });
      await world.begin(lines);
      const startedAt = world.clock.now();
      assert.equal((await world.runToEnd()).counts.imported, 5);
      assert.deepEqual([...folders], [...world.mailbox.folders.keys()]);
      assert(world.clock.now() - startedAt >= (retryAfterInMs ?? world.settings.retryAfterInMs));
    });
  }
}
