import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { bundle } from "../../../local/build/esbuild-bundle.ts";
import { formatNumbers, parseNumbers } from "../../../local/build/source-map-numbers.ts";
import { toThinSourceMap } from "../../../local/build/thin-source-map.ts";

const root = join(import.meta.dirname, "../../..");
const isOurs = (source: string) => !source.includes("node_modules") && /\/(functions|shared)\//.test(source);

function placeIn(map: SourceMap, line: number, column: number): { source: string; line: number } | undefined {
  const entry = map.findEntry(line, column);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  return { source: entry.originalSource, line: entry.originalLine };
}

describe("a thin source map", () => {
  let code: readonly string[] = [];
  let whole: SourceMap;
  let thin: SourceMap;
  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), "thin-"));
    try {
      await bundle({ entry: join(root, "functions/main.ts"), outfile: join(folder, "main.js") });
      const part = (await readdir(folder)).find((name) => /^wiring-\w+\.js$/.test(name)) ?? "";
      code = (await readFile(join(folder, part), "utf8")).split("\n");
      const text = await readFile(join(folder, `${part}.map`), "utf8");
      whole = new SourceMap(JSON.parse(text));
      thin = new SourceMap(JSON.parse(toThinSourceMap(text, (source) => (isOurs(source) ? source : undefined))));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("names the same file and line of our code as the whole one, as Node reads both, and nothing of libraries", (t) => {
    const seen = { ours: 0, others: 0 };
    const compare = (line: number, column: number): void => {
      const expected = placeIn(whole, line, column);
      const isOfUs = expected !== undefined && isOurs(expected.source);
      seen[isOfUs ? "ours" : "others"]++;
      assert.deepEqual(placeIn(thin, line, column), isOfUs ? expected : undefined, `${line}:${column}`);
    };
    const place = fc
      .nat(code.length - 1)
      .chain((line) => fc.tuple(fc.constant(line), fc.nat(Math.max(0, (code[line]?.length ?? 1) - 1))));
    fc.assert(
      fc.property(place, ([line, column]) => compare(line, column)),
      { numRuns: 3000 },
    );
    // Where a line begins, the end of the line before it must not count.
    for (const [line, text] of code.entries())
      for (const column of [0, text.length - 1]) compare(line, Math.max(0, column));
    assert.ok(seen.ours > 100 && seen.others > 100);
    t.diagnostic(`${seen.ours} places in our code, ${seen.others} in libraries`);
  });

  test("has numbers that are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 29), max: 2 ** 29 })), (numbers) => {
        assert.deepEqual(parseNumbers(formatNumbers(numbers)), numbers);
      }),
    );
    assert.deepEqual(parseNumbers("AAgBC"), [0, 0, 16, 1]);
    assert.throws(() => parseNumbers("A!"), /no base64 digit/);
  });
});
