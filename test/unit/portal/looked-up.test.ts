import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeLookedUp } from "../../../portal/setup/looked-up.ts";

const fault = (line: number) => ({ line, column: "Mailbox", reason: "unknown-user", message: "nobody's" });

test("addresses that are looked up in two steps are told as one, in order of line", () => {
  const first = { asked: 200, left: 50, next: 200, faults: [fault(2), fault(9)], problem: "away" };
  const second = { asked: 50, left: 0, faults: [fault(5)] };
  assert.deepEqual(mergeLookedUp(first, second), { asked: 250, left: 0, faults: [fault(2), fault(5), fault(9)] });
});
