import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { events } from "../../shared/telemetry/events.ts";
import { whyNoBicep } from "./compiler.ts";
import { eventsIn, isEvent, lineFieldsIn, mixedComparisonsIn, unknownFieldsIn } from "./kql/checks.ts";
import { type Parsed, parseQuery } from "./kql/kusto.ts";
import { type AlertQuery, alertQueries, type Query, runbookQueries, workbookQueries } from "./kql/queries.ts";

/** Events of level warn or error that no alert and no tile speaks of, with the reason. */
const untold: Readonly<Record<string, string>> = {};

describe("the queries of alerts, workbook and runbooks", { skip: whyNoBicep }, () => {
  let alerts: readonly AlertQuery[];
  let tiles: readonly Query[];
  let parsed: ReadonlyMap<Query, Parsed>;
  before(async () => {
    alerts = await alertQueries();
    tiles = await workbookQueries();
    parsed = new Map([...alerts, ...tiles, ...runbookQueries()].map((query) => [query, parseQuery(query.text)]));
  });

  /** What `find` says of each query, where it says anything. */
  function listed(find: (one: Parsed) => readonly string[]): [string, readonly string[]][] {
    return [...parsed].flatMap(([{ name }, one]) => (find(one).length > 0 ? [[name, find(one)]] : []));
  }

  test("Microsoft's parser takes all of them, with the tables of the workspace", (t) => {
    t.diagnostic(
      `${alerts.length} alerts, ${tiles.length} tiles, ${parsed.size - alerts.length - tiles.length} in runbooks`,
    );
    assert.ok(alerts.length >= 25 && tiles.length >= 25 && parsed.size >= 75);
    assert.deepEqual(
      listed(({ faults }) => faults),
      [],
    );
  });

  test("every event that they name is one that the app tells", () => {
    assert.deepEqual(
      listed((one) => eventsIn(one).filter((name) => !isEvent(name))),
      [],
    );
    assert.ok(new Set([...parsed.values()].flatMap(eventsIn)).size >= 40);
  });

  test("every field that they read is a field of the events that they name", () => {
    assert.deepEqual(listed(unknownFieldsIn), []);
    assert.ok(new Set([...parsed.values()].flatMap(lineFieldsIn)).size >= 50);
  });

  test("nothing is compared with another type, and no field of a line before its type is given", () => {
    assert.deepEqual(listed(mixedComparisonsIn), []);
  });

  test("every warning and error that the app can tell is in an alert or on the workbook", () => {
    const told = new Set(
      [...alerts, ...tiles].flatMap((query) => eventsIn(parsed.get(query) ?? parseQuery(query.text))),
    );
    const grave = Object.entries(events).flatMap(([name, { level }]) => (level === "info" ? [] : [name]));
    assert.ok(grave.length >= 30);
    assert.deepEqual(
      grave.filter((name) => !told.has(name) && untold[name] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(untold).filter((name) => told.has(name) || !grave.includes(name)),
      [],
    );
  });

  test("an alert is split by columns that its query has", () => {
    for (const { name, text, splitBy } of alerts) {
      for (const column of splitBy) {
        assert.deepEqual(parseQuery(`${text}\n| project Split = strcat(${column}, "")`).faults, [], name);
      }
    }
  });

  test("an alert looks as often as Azure allows, and sees what comes late", () => {
    const minute = 60_000;
    for (const { name, everyInMs, windowInMs, resolves } of alerts) {
      assert.ok([5, 10, 15, 30, 60, 360].includes(everyInMs / minute), name);
      // Azure takes a look back of two days at most, and lets an alert resolve that is looked at twice a day at least.
      assert.ok(windowInMs <= 2 * 24 * 60 * minute && (!resolves || everyInMs <= 12 * 60 * minute), name);
      // A row can be looked for only minutes after it happened: what falls between two looks would never be seen.
      assert.ok(windowInMs >= everyInMs + 5 * minute, name);
    }
  });
});

describe("the checks of queries", () => {
  const faultsOf = (text: string): readonly string[] => parseQuery(text).faults;

  test("a misspelt table, column or operator is found", () => {
    assert.match(faultsOf("AppTrace | count").join(), /AppTrace/);
    assert.match(faultsOf("AppTraces | where Mesage has 'x'").join(), /Mesage/);
    assert.match(faultsOf("AppTraces | were Message has 'x'").join(), /were/);
    assert.match(faultsOf("AppTraces | summarize sum(Message)").join(), /summable/);
    assert.match(faultsOf("AppTraces | extend Line = parse_json(Message) | where Line.missing > 0").join(), /missing/);
  });

  test("an event or a field that nobody tells is found", () => {
    const parsed = parseQuery(`AppTraces
      | extend Line = parse_json(Message)
      | where tostring(Line.event) in ("drop.closed", "drop.opened")
      | where tolong(Line.failed) > 0 or tolong(Line["lost"]) > 0 or isnotempty(tostring(Line.mailbox))`);
    assert.deepEqual(parsed.faults, []);
    assert.deepEqual(eventsIn(parsed), ["drop.closed", "drop.opened"]);
    assert.deepEqual(unknownFieldsIn(parsed), ["lost", "mailbox"]);
  });

  test("a comparison of two types is found, and of a field whose type is not given", () => {
    const found = (condition: string): readonly string[] =>
      mixedComparisonsIn(parseQuery(`StorageBlobLogs | extend Line = parse_json(Uri) | where ${condition}`));
    assert.deepEqual(found('StatusCode == "403" and DurationMs > 3 and OperationName in ("a", "b")'), []);
    assert.deepEqual(found("StatusCode == 403"), ["StatusCode == 403"]);
    assert.deepEqual(found("StatusCode !in (403, 404)"), ["StatusCode !in ( 403 , 404 )"]);
    assert.deepEqual(found("StatusCode between (400 .. 499)"), ["StatusCode between ( 400 .. 499 )"]);
    assert.deepEqual(found("Line.failed > 0"), ["Line . failed > 0"]);
    assert.deepEqual(found('Line.event in ("a", "b")'), ['Line . event in ( "a" , "b" )']);
    assert.deepEqual(found("tolong(Line.failed) > 0"), []);
  });
});
