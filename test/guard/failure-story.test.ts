import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { countReferences, findStoryProblems } from "./story-references.ts";
import { toTestNames } from "./test-names.ts";

const docs = join(import.meta.dirname, "../../docs");
const story = join(docs, "failure-story.md");
const here = "../test/guard/failure-story.test.ts";

test("every claim of docs/failure-story.md names tests that exist", (t) => {
  const text = readFileSync(story, "utf8");
  assert.deepEqual(findStoryProblems(text, docs), []);
  t.diagnostic(`${countReferences(text)} references to tests`);
});

const good = "every claim of docs/failure-story.md names tests that exist";
const wrong: [what: string, markdown: string, problem: RegExp][] = [
  ["a paragraph without a test", `## A stage\n\nAll is well.`, /line 3 names no test: All is well/],
  [
    "a point of a list without a test",
    `## A stage\n\n- One [${good}](${here}).\n- Two.\n`,
    /line 4 names no test: - Two/,
  ],
  [
    "a file that is not there",
    `## A stage\n\nSo [${good}](../test/guard/none.test.ts)`,
    /none\.test\.ts does not exist/,
  ],
  ["a name that no test has", `## A stage\n\nSo [every claim](${here})`, /has no test "every claim"/],
  ["a file outside test/", `## A stage\n\nSo [${good}](../shared/x.test.ts)`, /is not in test\//],
  ["a footnote that is not there", `## A stage\n\nSo [${good}](${here}).[^no]`, /there is no footnote \[\^no\]/],
  ["a footnote without a test", `## A stage\n\nSo it is.[^a]\n\n[^a]: believe me`, /line 3 names no test/],
  [
    "a footnote that nothing refers to",
    `## A stage\n\nSo [${good}](${here}).\n\n[^a]: [${good}](${here})`,
    /nothing refers to the footnote \[\^a\]/,
  ],
  ["a footnote with a wrong name", `## A stage\n\nSo it is.[^a]\n\n[^a]: [no](${here})`, /has no test "no"/],
  ["one wrong name among right ones", `## A stage\n\nSo [${good}](${here}) [no](${here})`, /has no test "no"/],
];
for (const [what, markdown, problem] of wrong) {
  test(`a story is refused for ${what}`, () => {
    assert.match(findStoryProblems(markdown, docs).join("\n"), problem);
  });
}

test("introductions, headings, code, wrapped names and lines that lead on are no problem", () => {
  const text = [
    ...["# Title", "", "What this is.", "", "## A stage", "", "```", "no test here", "```", "", "It does:", ""],
    ...[`- so [every claim of docs/failure-story.md`, `  names tests that exist](${here})`],
    ...[`- and so [a story is refused for anything](${here}).`],
  ].join("\n");
  assert.deepEqual(findStoryProblems(text, docs), []);
  assert.equal(countReferences(text), 2);
});

test("a footnote's link counts for the paragraph that refers to it", () => {
  const text = `## A stage\n\nSo it is.[^a]\n\n[^a]: [${good}](${here})\n`;
  assert.deepEqual(findStoryProblems(text, docs), []);
  assert.equal(countReferences(text), 1);
});

test("a name's variable parts can be anything, its other parts cannot", () => {
  const source = `
    test(\`an item \${x ? \`"not" \${y}}\` : ""} is "kept" \${n}\`, () => {});
    test(name);
    test.skip("plain \\"q\\" [a]");`;
  const [first, second, ...others] = toTestNames(source);
  assert.equal(others.length, 0);
  assert.match('an item in doubt is "kept" 3', first ?? /$^/);
  assert.doesNotMatch('an item in doubt is "lost" 3', first ?? /^/);
  assert.match('plain "q" [a]', second ?? /$^/);
});
