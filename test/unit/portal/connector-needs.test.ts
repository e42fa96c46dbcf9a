import assert from "node:assert/strict";
import { test } from "node:test";
import { toConnectorNeeds } from "../../../portal/connectors/connector-needs.ts";
import { toInMailboxesText } from "../../../portal/drops/in-mailboxes.ts";
import { toScopeText } from "../../../portal/drops/scope-text.ts";

type Connector = Parameters<typeof toConnectorNeeds>[0];
type LastDrop = NonNullable<Connector["lastDrop"]>;

const drop = "acme-2026-06-03-1";

function acme(needs: LastDrop["needs"]): Connector {
  const text = JSON.stringify({ name: "acme", lastDrop: { drop, gen: 2, state: "closed", items: 9, needs } });
  return JSON.parse(text);
}

test("lines of the mapping that are to be mended are no good news in the list of connectors", () => {
  const [need, ...others] = toConnectorNeeds(acme([{ kind: "mapping", count: 2, remedy: "mapping" }]), 0);
  assert.deepEqual(need, {
    text: "2 lines of the mapping to mend",
    to: "/connectors/acme/mapping",
    isUrgent: false,
  });
  assert.deepEqual(others, []);
});

test("what an earlier generation left leads to that generation's items, and is urgent", () => {
  const [need] = toConnectorNeeds(acme([{ kind: "failed", count: 3, remedy: "reprocess", generation: 1 }]), 0);
  assert.deepEqual(need, {
    text: "3 items failed (generation 1)",
    to: `/drops/${drop}?tab=items&outcome=failed&gen=1`,
    isUrgent: true,
  });
});

test("a held drop is told of once, by the number of held drops", () => {
  const connector = { ...acme([{ kind: "held", count: 9, remedy: "release" }]), heldDrops: 1 };
  assert.deepEqual(
    toConnectorNeeds(connector, 0).map(({ text }) => text),
    ["1 held"],
  );
});

test("items that lay in their mailbox before, and those without an attachment, are in mailboxes", () => {
  assert.equal(
    toInMailboxesText({ available: 1000, imported: 900, partial: 9, skipped: 80, failed: 11 }),
    "989 of 1,000",
  );
});

test("a part of a drop is told of in words", () => {
  assert.equal(toScopeText({ scope: "files", scopeCount: 1 }), "One file of it");
  assert.equal(toScopeText({ scope: "items", scopeCount: 1200 }), "1,200 items of it");
  assert.equal(toScopeText({ scope: "drop" }), "Whole drop");
});
