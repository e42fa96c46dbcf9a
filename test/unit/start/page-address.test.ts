import assert from "node:assert/strict";
import { test } from "node:test";
import { notePagePort, usualPagePort, wantedPagePort } from "../../../local/start/page-address.ts";
import { toHeld } from "../../../local/start/summary.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";

function worldOf(pagePort?: number) {
  const world = {
    facts: pagePort === undefined ? {} : { pagePort },
    note: (change: { pagePort: number }) => {
      world.facts = change;
    },
  };
  return world;
}

test("the page has the port again that it had at the first start, whatever another start had in between", () => {
  const world = worldOf();
  assert.equal(wantedPagePort(world), usualPagePort);
  assert.deepEqual(notePagePort(world, usualPagePort), []);
  assert.deepEqual(notePagePort(world, 40_001), [
    `- Port ${usualPagePort} is in use by another program, so the admin's page has another one.`,
  ]);
  assert.equal(wantedPagePort(world), usualPagePort);
});

test("two starts side by side keep a port of their own each", () => {
  const second = worldOf();
  assert.equal(notePagePort(second, 40_001).length, 1);
  assert.equal(wantedPagePort(second), 40_001);
  assert.deepEqual(notePagePort(second, 40_001), []);
});

test("of a held drop it is said where it can be released", () => {
  const drop = dropState.parse({
    ...{ v: 1, id: "acme-2026-06-03-1", connector: "acme", feed: "ACME01", siteDay: "2026-06-03", seq: 1, gen: 1 },
    ...{ state: "held", files: [], items: 90, openedAt: 1, movedAt: 2, gate: { siteDayItems: 90, limit: 80 } },
  });
  const lines = toHeld(drop, [], { hasKey: true, page: "http://127.0.0.1:7470/" });
  assert.ok(
    lines.includes("  If the number is right, open http://127.0.0.1:7470/drops/acme-2026-06-03-1 and press Release."),
  );
  assert.ok(lines.some((line) => line.includes("again with --limit 90")));
});
