import assert from "node:assert/strict";
import { test } from "node:test";
import { readHoldListFile, toHoldListCsv } from "../../../shared/map/hold-list.ts";
import { mostFaults } from "../../../shared/map/line-file.ts";
import { readMappingFile } from "../../../shared/map/mapping.ts";

function read(...lines: string[]) {
  return readHoldListFile([Buffer.from(lines.join("\r\n"))]);
}

test("a hold list is one column of addresses, each once, in any case", async () => {
  const file = await read("mailbox", "jane@bank.example", '"john@bank.example"', "", "JANE@bank.example", "");
  assert.deepEqual(
    Array.from(file.entries.values(), ({ mailbox }) => mailbox),
    ["jane@bank.example", "john@bank.example"],
  );
  assert.deepEqual([file.faultCount, file.hasHeader], [0, true]);
  assert.deepEqual(file.warnings, [{ line: 5, column: "Mailbox", firstLine: 2, reason: "repeated" }]);
});

for (const [what, line, expected] of [
  ["a name", "Jane Doe", { line: 2, column: "Mailbox", reason: "not-an-address" }],
  ["two columns", "jane@bank.example,x", { line: 2, reason: "wrong-number-of-columns" }],
  ["an open quotation mark", '"jane@bank.example', { line: 2, reason: "bad-quotes" }],
] as const) {
  test(`a line with ${what} is bad, and the others are read all the same`, async () => {
    const file = await read("Mailbox", line, "john@bank.example");
    assert.deepEqual(file.faults, [expected]);
    assert.deepEqual([...file.entries.keys()], ["john@bank.example"]);
  });
}

test("without its header nothing of a list is read, since it may be anything", async () => {
  const file = await read("jane@bank.example", "john@bank.example");
  assert.deepEqual(file.faults, [{ line: 1, reason: "unknown-header" }]);
  assert.deepEqual([file.entries.size, file.hasHeader], [0, false]);
});

test("a list that is downloaded can be uploaded again as it is", async () => {
  const { entries } = await read("Mailbox", "'=x@bank.example", "jane@bank.example");
  const csv = toHoldListCsv(entries.values());
  assert.deepEqual([...(await read(csv)).entries.keys()], [...entries.keys()]);
});

test("of a file that is nonsense throughout all faults are counted and a bounded number told", async () => {
  const file = await readMappingFile([Buffer.from(`ImId,Mailbox\n${"x\n".repeat(mostFaults + 10)}`)]);
  assert.deepEqual([file.faults.length, file.faultCount], [mostFaults, mostFaults + 10]);
});
