import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createProgress, type Screen } from "../../../local/start/progress.ts";
import type { Standing } from "../../../local/start/stage-line.ts";
import { connectorName, feedId, siteDay, toDropId } from "../../../shared/chat/identifiers.ts";
import { dropState } from "../../../shared/pipeline/drop-state.ts";

const [connector, day] = [connectorName.parse("local"), siteDay.parse("2026-06-04")];

function standing(state: string, numbers: Partial<Standing> = {}): Standing {
  const drop = dropState.parse({
    ...{ v: 1, id: toDropId(connector, day, 1), connector, feed: feedId.parse("ACME01"), siteDay: day, seq: 1, gen: 1 },
    ...{ state, files: [], openedAt: 0, movedAt: 0 },
  });
  const none = { fetched: 0, incomplete: 0, routed: 0, available: 0, settled: 0, mailboxes: 0, finished: 0 };
  return { drop, ...none, ...numbers };
}

const importing = (settled: number): Standing =>
  standing("importing", { settled, available: 1000, mailboxes: 9, finished: 2 });

/** A screen, and what a reader sees on it: a line that is written over counts as it ends up. */
function screen(options: Omit<Screen, "write">): Screen & { lines(): string[]; written(): string } {
  let written = "";
  return {
    ...options,
    write: (text) => {
      written += text;
    },
    written: () => written,
    lines: () => written.split("\n").map((line) => line.split("\r\u001b[K").at(-1) ?? ""),
  };
}

describe("on a terminal", () => {
  test("one line is written over, and what is said stays above it", () => {
    const out = screen({ isTTY: true, columns: 100 });
    const progress = createProgress(out, () => 0);
    progress.show("waiting for the site's files");
    progress.show(importing(250));
    progress.say("! a word");
    progress.show(importing(500));
    assert.deepEqual(out.lines(), [
      "! a word",
      "local-2026-06-04-1 importing: [############............] 500/1000 items, 2/9 mailboxes",
    ]);
    progress.end();
    assert.deepEqual(out.lines(), ["! a word", ""]);
  });

  test("the line never reaches the edge, however narrow the terminal is", () => {
    for (const columns of [20, 79, 80, 81, 90, 100, 140]) {
      const out = screen({ isTTY: true, columns });
      createProgress(out, () => 0).show(importing(999));
      assert.ok(out.written().length < columns, `${out.written().length} of ${columns}`);
    }
  });

  test("the rate is that of the import, not of the time before it", () => {
    const out = screen({ isTTY: true, columns: 200 });
    let now = 0;
    const progress = createProgress(out, () => now);
    progress.show(standing("gathered"));
    now = 20_000;
    progress.show(importing(0));
    now = 22_000;
    progress.show(importing(200));
    assert.match(out.lines().at(-1) ?? "", /200\/1000 items, 2\/9 mailboxes, 100\/s, 8 s left$/);
  });
});

test("without a terminal each stage is a line when it begins, then every five seconds when something has changed", () => {
  const out = screen({});
  let now = 0;
  const progress = createProgress(out, () => now);
  for (; now < 12_000; now += 1_000) progress.show(importing(now / 1_000));
  progress.show(importing(11));
  progress.show(standing("verifying"));
  assert.deepEqual(
    out.lines().map((line) => line.replace(/, \d+\/s.*/, "")),
    [
      "local-2026-06-04-1 importing: 0/1000 items, 2/9 mailboxes",
      "local-2026-06-04-1 importing: 5/1000 items, 2/9 mailboxes",
      "local-2026-06-04-1 importing: 10/1000 items, 2/9 mailboxes",
      "local-2026-06-04-1 verifying: 0 items",
      "",
    ],
  );
});
