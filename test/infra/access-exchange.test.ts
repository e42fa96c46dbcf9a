import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { type Ran, runPowerShell, whyNoPowerShell } from "./exchange/powershell.ts";

const folder = join(import.meta.dirname, "exchange");
const script = join(import.meta.dirname, "../../infra/access/ExchangeAccess.ps1");

describe("ExchangeAccess.ps1", { skip: whyNoPowerShell }, () => {
  let ran: Ran;
  before(async () => {
    const at = await mkdtemp(join(tmpdir(), "exchange-"));
    try {
      const file = join(at, "scenario.ps1");
      await writeFile(file, `$folder = '${folder}'\n$script = '${script}'\n. '${folder}/scenario.ps1'\n`);
      ran = await runPowerShell(file);
    } finally {
      await rm(at, { recursive: true });
    }
  });

  function step(title: string) {
    const found = ran.Output.find(({ Title }) => Title === title);
    assert.ok(found !== undefined, `${title}: ${ran.Thrown} ${ran.Errors}`);
    const { Parts, Warnings, Thrown } = found;
    return {
      parts: Parts?.split("\n") ?? [],
      warnings: Warnings ?? "",
      thrown: Thrown ?? "",
      changes: Number(found["Changes"]),
    };
  }

  test("has no mistake in its grammar, and its stand-ins have none", async () => {
    assert.deepEqual([ran.Mistakes, ran.Errors, ran.Thrown], [[], [], null]);
    const alone = await runPowerShell(script);
    assert.deepEqual(alone.Mistakes, []);
    assert.match(alone.Thrown ?? "", /missing mandatory parameters: Name ClientId PrincipalId/);
  });

  test("refuses to go on without a scope, or with a group that is not one", () => {
    assert.match(step("no scope").thrown, /Without a scope the identity would reach all/);
    assert.match(step("two groups of that name").thrown, /2 groups called twice/);
    assert.deepEqual([step("no scope").changes, step("two groups of that name").changes], [0, 0]);
  });

  test("changes nothing with -WhatIf and -Check, and tells what is missing", () => {
    const { parts, changes } = step("what if");
    assert.equal(changes, 0);
    assert.deepEqual(
      parts.map((part) => /would be put right$/.test(part)),
      [true, true, true],
    );
    const check = step("check before");
    assert.equal(check.changes, 0);
    assert.match(
      check.thrown,
      /service principal: is not known.*scope: is not there.*role: is not there.*trader@bank\.example: has to be in scope/,
    );
  });

  test("makes pointer, scope and role, and the second time nothing", () => {
    assert.deepEqual([step("first").changes, step("first").thrown], [3, ""]);
    assert.match(step("first").warnings, /30 minutes to 2 hours/);
    const again = step("second");
    assert.deepEqual([again.changes, again.thrown], [0, ""]);
    for (const part of again.parts) assert.match(part, /is as it has to be/);
  });

  test("checks mailboxes in and out of scope", () => {
    const { parts, thrown, changes } = step("check");
    assert.deepEqual([thrown, changes], ["", 0]);
    assert.deepEqual(parts.slice(-2), [
      "mailbox trader@bank.example: is in scope",
      "mailbox ceo@bank.example: is out of scope",
    ]);
    assert.match(step("check without a mailbox out of scope").warnings, /too wide/);
    const wrong = step("check the wrong way round").thrown;
    assert.match(
      wrong,
      /ceo@bank\.example: has to be in scope, and is not; mailbox trader@bank\.example: must not be in scope, and is/,
    );
  });

  test("does not take the identity's client id for another object's", () => {
    assert.match(step("another object id").thrown, /another object id/);
    assert.equal(step("another object id").changes, 0);
  });

  for (const [title, told] of [
    ["wider filter", /scope: has another filter.*ceo@bank\.example: must not be in scope/],
    ["no scope on the role", /role: has another scope: ''.*for Organization.*ceo@bank\.example: must not be in scope/],
    ["role switched off", /role: is switched off/],
    ["role gone", /role: is not there/],
    ["pointer gone", /service principal: is not known/],
  ] as const) {
    test(`tells of ${title}, and puts it right when it is run again`, () => {
      assert.match(step(`check: ${title}`).thrown, told);
      assert.equal(step(`check: ${title}`).changes, 0);
      assert.ok(step(`again: ${title}`).changes > 0);
      assert.equal(step(`check after: ${title}`).thrown, "");
    });
  }

  test("tells of a role that somebody else gave for all mailboxes", () => {
    assert.match(
      step("check: a role for everybody").thrown,
      /also has Application Mail\.ReadWrite for Organization.*ceo@bank\.example: must not/,
    );
  });

  test("removes what it has made and nothing else, and the pointer only when nobody else needs it", () => {
    const beside = step("undo beside another role");
    assert.deepEqual([beside.changes, beside.parts.at(-1)], [2, "service principal: stays: 1 other roles use it"]);
    assert.equal(step("undo what if").changes, 0);
    assert.deepEqual(step("undo").parts, ["role: is not there", "scope: is not there", "service principal: removed"]);
    assert.equal(step("undo again").changes, 0);
    const left = ran.Output.find(({ Title }) => Title === "left");
    assert.deepEqual(
      [left?.["Scopes"], left?.["Assignments"], left?.["Pointers"]],
      ["Somebody else", "Somebody else", "Somebody else"],
    );
  });

  test("takes a filter or an administrative unit as well, and changes from one filter to another", () => {
    assert.deepEqual([step("filter").changes, step("filter: check").thrown], [3, ""]);
    assert.equal(step("other filter").changes, 1);
    assert.deepEqual([step("unit").changes, step("unit: second").changes, step("unit: check").thrown], [2, 0, ""]);
    assert.equal(step("unit: undo").changes, 2);
  });

  test("tells of a permission in Entra that makes the scope worthless", () => {
    assert.match(step("first").warnings, /Entra was not looked at/);
    assert.doesNotMatch(step("Entra: nothing too much").warnings, /Entra/);
    assert.equal(step("Entra: check").thrown, "");
    assert.match(step("Entra: mail").warnings, /Mail\.ReadWrite .* for all mailboxes in Entra/);
    assert.match(step("Entra: check mail").thrown, /Mail\.ReadWrite/);
  });
});
