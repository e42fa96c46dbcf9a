import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { guards } from "../guards-out/guards.ts";

const root = join(import.meta.dirname, "../..");

test("each guard of test/guards-out is still in the product, once, and its tests are there", (t) => {
  const edits = guards.flatMap((guard) =>
    [guard, ...(guard.also ?? [])].map((edit) => ({ name: guard.name, ...edit })),
  );
  const lost = edits.flatMap(({ name, file, source }) => {
    const whole = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
    const places = whole.split(source).length - 1;
    return places === 1 ? [] : [`${name}: its text occurs ${places} times in ${file}; write the table anew`];
  });
  const watchers = guards.flatMap(({ watchers: of }) => of.map(({ file }) => file));
  const unwatched = [...new Set(watchers)].filter((file) => !existsSync(join(root, file)));
  assert.deepEqual([...lost, ...unwatched], []);
  assert.equal(new Set(guards.map(({ name }) => name)).size, guards.length);
  t.diagnostic(`${guards.length} guards`);
});
