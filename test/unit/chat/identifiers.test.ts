import assert from "node:assert/strict";
import { test } from "node:test";
import {
  connectorName,
  dropId,
  dropParts,
  fileId,
  mailboxId,
  mailboxParts,
  objectId,
  siteDay,
  toChatDay,
  toDropId,
  toFileId,
  toMailboxId,
} from "../../../shared/chat/identifiers.ts";

test("a drop's id is taken apart into what it was made of, also when the connector's name ends like a date", () => {
  for (const name of ["acme", "acme-london-2", "a", "acme-2026-06-03", "acme-2026-06-03-1"]) {
    const connector = connectorName.parse(name);
    const parts = { connector, siteDay: siteDay.parse("2026-06-04"), seq: 12 };
    assert.deepEqual(dropParts(toDropId(connector, parts.siteDay, 12)), parts);
  }
});

test("what would lead out of a blob's folder is no id", () => {
  for (const text of ["", "../x", "a/b", "a b", "-a", "a-", "A", "a".repeat(41)]) {
    assert.equal(connectorName.safeParse(text).success, false, text);
  }
  assert.equal(dropId.safeParse(`${"a".repeat(41)}-2026-06-03-1`).success, false);
  for (const text of [
    "acme-2026-06-03",
    "acme-2026-06-03-0",
    "acme-2026-06-03-1/x",
    "acme-2026-06-03-12345",
    "a--2026-06-03-1",
  ]) {
    assert.equal(dropId.safeParse(text).success, false, text);
  }
  assert.equal(fileId.safeParse("0123456789abcdefghiw").success, false);
});

test("a mailbox's id is taken apart again", () => {
  const oid = objectId.parse("00000000-0000-4000-8000-000000000001");
  assert.deepEqual(mailboxParts(toMailboxId(oid, 3)), { oid, epoch: 3 });
  assert.equal(mailboxId.safeParse(`${oid.toUpperCase()}X.0`).success, false);
});

test("a file's id depends on every word and on where one ends, and stays the same for ever", () => {
  const ids = [["a", "b"], ["ab"], ["a", "b", ""], ["b", "a"]].map((words) => toFileId(...words));
  assert.equal(new Set(ids).size, 4);
  assert.equal(toFileId("ACME", "/out/day.xml", "10", "1780444800000"), "5i5tn25b97riru83kivv");
});

test("an item's chat day is the UTC date", () => {
  assert.equal(toChatDay(Date.UTC(2026, 5, 3, 23, 59, 59, 999)), "2026-06-03");
  assert.equal(toChatDay(Date.UTC(2026, 5, 4)), "2026-06-04");
});
