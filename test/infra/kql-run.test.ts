import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runQuery } from "./kql/run-query.ts";
import { NotEvaluated } from "./kql/scalars.ts";
import { Moment, toText } from "./kql/values.ts";

const at = (text: string): Moment => new Moment(Date.parse(text));

/** The rows of a query over AppTraces, each as its columns' texts. */
function ran(query: string, messages: readonly string[] = [""]): string[] {
  const rows = messages.map((Message, minute) => ({ TimeGenerated: at(`2026-11-25T12:0${minute}:00Z`), Message }));
  return runQuery(query, { AppTraces: rows }).map((row) => Object.values(row).map(toText).join("|"));
}

/** One expression's value. */
function value(expression: string): string | undefined {
  return ran(`AppTraces | project Value = ${expression}`)[0];
}

// What is expected here is what the language's reference says (learn.microsoft.com/kusto/query), not what our queries need.
describe("the evaluation of KQL", () => {
  test("has takes whole terms only, and no matter their case", () => {
    const found = (term: string): string[] =>
      ran(`AppTraces | where Message has "${term}" | project Message`, ["North America", "Northern", "a.north-b"]);
    assert.deepEqual(found("north"), ["North America", "a.north-b"]);
    assert.deepEqual(found("a.north"), ["a.north-b"]);
    assert.deepEqual(found("nort"), []);
  });

  test("no value equals null, and what is more or less than null is unknown", () => {
    const rows = ['{"n":1}', "{}", "no json"];
    const count = (condition: string): string[] =>
      ran(
        `AppTraces | extend N = tolong(parse_json(Message).n) | where ${condition} | summarize Count = count()`,
        rows,
      );
    assert.deepEqual(count("N == 1"), ["1"]);
    assert.deepEqual(count("N != 1"), ["2"]);
    assert.deepEqual(count("not(N == 1)"), ["2"]);
    assert.deepEqual(count("N > 0"), ["1"]);
    assert.deepEqual(count("not(N > 0)"), ["0"]);
    assert.deepEqual(count("N == long(null)"), ["0"]);
    assert.deepEqual(count("N > 0 or isnull(N)"), ["3"]);
  });

  test("whole numbers are divided without a rest, others are not", () => {
    assert.equal(value("7 / 2"), "3");
    assert.equal(value("7 / 2.0"), "3.5");
    assert.equal(value("todouble(7) / 2"), "3.5");
  });

  test("moments and spans", () => {
    assert.equal(value("(datetime(2024-01-08) - datetime(2024-01-01)) / 1d"), "7");
    assert.equal(value("datetime(2024-01-01) + 36 * 1h"), "2024-01-02T12:00:00.000Z");
    assert.equal(value("bin(TimeGenerated, 1d)"), "2026-11-25T00:00:00.000Z");
    assert.equal(value("bin(7.4, 2.0)"), "6");
    assert.equal(value("unixtime_milliseconds_todatetime(1700000000000)"), "2023-11-14T22:13:20.000Z");
  });

  test("texts", () => {
    assert.equal(value(`coalesce("", "second")`), "second");
    assert.equal(value(`tostring(split("a/b/c", "/")[1])`), "b");
    assert.equal(value(`trim('"', '"quoted"')`), "quoted");
    assert.equal(value(`case(1 > 2, "first", 2 > 1, "second", "else")`), "second");
    assert.equal(value(`tostring(parse_json('{"missing":3}')["missing"])`), "3");
    assert.equal(value(`iff("ab" endswith "B", "yes", "no")`), "yes");
    assert.equal(value(`extract("x=([0-9]+)", 1, "hello x=45.6")`), "45");
  });

  test("without rows summarize gives one row without by, and none with it", () => {
    assert.deepEqual(ran("AppTraces | where Message == 'x' | summarize Count = count()"), ["0"]);
    assert.deepEqual(ran("AppTraces | where Message == 'x' | summarize Count = count() by Message"), []);
  });

  test("arg_max takes the row with the largest value, maxif only the rows that fit", () => {
    const rows = ["first", "last"];
    assert.deepEqual(ran("AppTraces | summarize arg_max(TimeGenerated, Message) | project Message", rows), ["last"]);
    assert.deepEqual(ran("AppTraces | summarize Max = maxif(TimeGenerated, Message == 'first')", rows), [
      "2026-11-25T12:00:00.000Z",
    ]);
    assert.deepEqual(
      ran("AppTraces | summarize Max = maxif(TimeGenerated, Message == 'none') | where isnull(Max) | project Max", rows)
        .length,
      1,
    );
  });

  test("an outer join keeps what has no partner, and numbers the right side's columns", () => {
    const joined = (kind: string): string[] =>
      ran(
        `let Right = AppTraces | where Message in ("b", "c") | project Key = Message, Right = strcat("right ", Message);
         AppTraces | where Message in ("a", "b") | project Key = Message
         | join kind=${kind} Right on Key | project Key, Key1, Right`,
        ["a", "b", "c"],
      );
    assert.deepEqual(joined("leftouter"), ["a||", "b|b|right b"]);
    assert.deepEqual(joined("fullouter"), ["a||", "b|b|right b", "|c|right c"]);
  });

  test("what is not evaluated here is refused, not guessed", () => {
    for (const query of [
      "AppTraces | project A = strlen(Message)",
      "AppTraces | top 3 by Message",
      "AppTraces | summarize stdev(ItemCount)",
    ]) {
      assert.throws(() => runQuery(query, { AppTraces: [{ Message: "x", ItemCount: 1 }] }), NotEvaluated);
    }
    assert.throws(() => runQuery("AppTraces | count", { AppTraces: [{ Mesage: "x" }] }), /no column Mesage/);
  });
});
