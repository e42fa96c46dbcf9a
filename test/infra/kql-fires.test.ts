import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { whyNoBicep } from "./compiler.ts";
import { alertExamples } from "./kql/alert-examples.ts";
import { type AlertQuery, alertQueries, runbookQueries, workbookQueries } from "./kql/queries.ts";
import { all, line, type Rows, within } from "./kql/rows.ts";
import { runQuery } from "./kql/run-query.ts";
import { toText } from "./kql/values.ts";

/** The alerts that rows raise: one for each combination of the columns it is split by. */
function raisedBy({ text, windowInMs, threshold, splitBy }: AlertQuery, rows: Rows): string[] {
  const found = runQuery(text, within(rows, windowInMs));
  const groups = Map.groupBy(found, (one) => splitBy.map((column) => toText(one[column] ?? null)).join("/"));
  return [...groups].flatMap(([split, some]) => (some.length > threshold ? [split] : []));
}

describe("alerts, run over rows as the app and Azure write them", { skip: whyNoBicep }, () => {
  let alerts: ReadonlyMap<string, AlertQuery>;
  before(async () => {
    alerts = new Map((await alertQueries()).map((alert) => [alert.name, alert]));
  });

  test("every alert has rows that raise it, and rows that do not", () => {
    assert.deepEqual(Object.keys(alertExamples).toSorted(), [...alerts.keys()].toSorted());
    for (const [name, examples] of Object.entries(alertExamples)) {
      assert.ok(
        examples.some(({ raises }) => raises.length > 0) && examples.some(({ raises }) => raises.length === 0),
        name,
      );
    }
  });

  for (const [name, examples] of Object.entries(alertExamples)) {
    test(name, () => {
      const alert = alerts.get(name);
      assert.ok(alert !== undefined);
      for (const { what, rows, raises } of examples) {
        assert.deepEqual(raisedBy(alert, rows).toSorted(), raises.toSorted(), what);
        // Azure counts rows together whose column is empty, and its message then says nothing of where to look.
        assert.ok(
          raises.every((split) => alert.splitBy.length === 0 || split.split("/").every(Boolean)),
          what,
        );
      }
    });
  }

  test("every tile of the workbook and every query of a runbook takes all of these rows", async () => {
    const rows = Object.values(alertExamples).flatMap((examples) => examples.map((one) => one.rows));
    const tables = [...new Set(rows.flatMap((one) => Object.keys(one)))];
    const together = Object.fromEntries(tables.map((table) => [table, rows.flatMap((one) => one[table] ?? [])]));
    for (const { name, text } of [...(await workbookQueries()), ...runbookQueries()]) {
      assert.doesNotThrow(() => runQuery(text, together), name);
    }
  });
});

describe("the operator's page, run over rows as the app writes them", { skip: whyNoBicep }, () => {
  const drop = "emea-2026-11-24-1";

  /** The rows that a tile shows, with some of its columns as text. */
  async function shown(title: string, rows: Rows, ...columns: readonly string[]): Promise<string[][]> {
    const tile = (await workbookQueries()).find(({ name }) => name === `the tile "${title}"`);
    assert.ok(tile !== undefined, title);
    return runQuery(tile.text, rows).map((one) => columns.map((column) => toText(one[column] ?? null)));
  }

  test("the equation is balanced, or it says that it is not", async () => {
    const closed = { drop, gen: 1, available: 10, imported: 6, partial: 1, skipped: 2, failed: 1, unmappedItems: 4 };
    const columns = ["Drop", "Balanced", "Available", "Unmapped"];
    const right = line("drop.closed", closed);
    assert.deepEqual(await shown("The equation", right, ...columns), [[drop, "balanced", "10", "4"]]);
    const wrong = line("drop.closed", { ...closed, imported: 5 });
    assert.deepEqual(await shown("The equation", wrong, ...columns), [[drop, "NOT BALANCED", "10", "4"]]);
    const odd = all(right, line("report.not-balanced", { drop, gen: 1, imbalances: "available" }));
    assert.deepEqual(await shown("The equation", odd, "Balanced"), [["NOT BALANCED"]]);
    const before = all(right, line("report.not-balanced", { drop, gen: 2, imbalances: "available" }));
    assert.deepEqual(await shown("The equation", before, "Balanced"), [["balanced"]]);
  });

  test("a drop is shown with its files and its newest state, whichever of them fall into the period", async () => {
    const columns = ["Drop", "State", "Verified", "Rejected", "Items", "Held"];
    const rows = all(
      line("file.verified", { drop, file: "a", items: 5 }, 9),
      line("file.verified", { drop, file: "b", items: 7 }, 9),
      line("file.rejected", { drop, file: "c" }, 9),
      line("drop.moved", { drop, state: "counted" }, 8),
      line("drop.moved", { drop, state: "released" }, 7),
      line("file.verified", { drop: "new", file: "d", items: 1 }, 6),
      line("drop.closed", { drop: "done" }, 5),
      line("drop.moved", { drop: "done", state: "verifying" }, 6),
      line("drop.waits-for-release", { drop: "much" }, 5),
    );
    assert.deepEqual(await shown("Drops and their files", rows, ...columns), [
      ["new", "collecting", "1", "0", "1", "false"],
      ["much", "collecting", "0", "0", "0", "true"],
      [drop, "released", "2", "1", "12", "false"],
      ["done", "closed", "", "", "", ""],
    ]);
  });

  test("what needs a hand names the runbook and the places", async () => {
    const rows = all(
      line("file.rejected", { drop, file: "a" }, 5),
      line("file.rejected", { drop: "other", file: "b" }, 4),
      line("connector.fetch-failed", { connector: "emea", reason: "host-key-changed" }, 3),
      line("connector.fetch-failed", { connector: "emea", reason: "silent" }, 2),
      line("drop.closed", { drop, failed: 0 }, 1),
      line("file.verified", { drop }, 1),
    );
    assert.deepEqual(await shown("Waiting for somebody", rows, "Runbook", "Times", "Places", "Where"), [
      ["fetch-failing", "1", "1", "emea"],
      ["host-key-changed", "1", "1", "emea"],
      ["file-rejected", "2", "2", `${drop}, other`],
    ]);
  });

  test("every runbook that the page names is there", async () => {
    const names = Object.keys(alertExamples);
    const tile = (await workbookQueries()).find(({ name }) => name.includes("Waiting for somebody"));
    const named = [...(tile?.text ?? "").matchAll(/, "([a-z]+(?:-[a-z]+)+)",?\n|^ +"([a-z]+-[a-z]+)"\)/gm)];
    const runbooks = named.map(([, inCase, last]) => inCase ?? last ?? "");
    assert.ok(runbooks.length >= 17);
    assert.deepEqual(
      runbooks.filter((one) => !names.includes(one)),
      [],
    );
  });

  test("items by the hour are what each slice has added", async () => {
    const slice = (number: number, imported: number, minutesAgo: number, mailbox = "m"): Rows =>
      line(
        "slice.ended",
        { drop, gen: 1, mailbox, slice: number, imported, partial: 0, skipped: 0, failed: 0 },
        minutesAgo,
      );
    const rows = all(
      slice(0, 100, 50),
      slice(1, 250, 40),
      slice(2, 300, 30),
      slice(7, 900, 20, "older"),
      slice(8, 940, 10, "older"),
    );
    assert.deepEqual(await shown("Items by outcome, by the hour", rows, "Imported"), [["340"]]);
  });
});
