import assert from "node:assert/strict";
import { test } from "node:test";
import { toCreateOutcome } from "../../../shared/import/graph-outcome.ts";

for (const code of [
  "ErrorMailboxMoveInProgress",
  "ErrorMailboxFailover",
  "ErrorInsufficientResources",
  "ErrorTooManyObjectsOpened",
  "ErrorConnectionFailed",
  "ErrorServerBusy",
]) {
  test(`${code} passes: a mailbox that is being moved does not fail all its items`, () => {
    assert.equal(toCreateOutcome({ status: 400, code }, "").type, "ambiguous");
  });
}

test("what is wrong with the item itself is a refusal", () => {
  for (const code of ["ErrorInvalidRecipients", "ErrorInvalidPropertyRequest", "RequestBodyRead"]) {
    assert.equal(toCreateOutcome({ status: 400, code }, "").type, "refused");
  }
});
