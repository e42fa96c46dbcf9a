import assert from "node:assert/strict";
import { test } from "node:test";
import { toFileFilter } from "../../../shared/fetch/file-patterns.ts";

test("takes drop files by their ending, in any case", () => {
  const isDropFile = toFileFilter();
  const names = [
    "a.pgp",
    "A.XML.GPG",
    "b.Asc",
    "c.xml",
    "c.xml1",
    "c.XML12",
    "d.csv",
    "e.jsonl",
    "f.zip",
    "g.tar.gz",
    "h.TGZ",
  ];
  assert.deepEqual(names.filter(isDropFile), names);
});

test("leaves out side files, dot files and what it does not know", () => {
  const isDropFile = toFileFilter();
  const names = [
    "a.pgp.md5",
    "a.sha256",
    "a.ok",
    "a.DONE",
    ".hidden.pgp",
    "/in/.x.xml",
    "a.pgp.filepart",
    "a.txt",
    "xml",
    "a.xmlx",
  ];
  assert.deepEqual(names.filter(isDropFile), []);
});

test("looks at the name only, not at the folders before it", () => {
  const isDropFile = toFileFilter({ include: ["ice_*.xml"] });
  assert.equal(isDropFile("/ice_x.xml/other.xml"), false);
  assert.equal(isDropFile("/deep/down/ice_2026.xml"), true);
});

test("excludes what the connector says besides the side files", () => {
  const isDropFile = toFileFilter({ include: ["*"], exclude: ["*_test.*", "old?.xml"] });
  assert.deepEqual(["a.xml", "a_test.xml", "old1.xml", "old12.xml", "a.md5"].filter(isDropFile), [
    "a.xml",
    "old12.xml",
  ]);
});

test("takes signs that mean something in regular expressions for themselves", () => {
  const isDropFile = toFileFilter({ include: ["a+(b)[c]|$^.xml", "{x,y}.csv", "{open.csv", "shut}.csv"] });
  const names = ["a+(b)[c]|$^.xml", "x.csv", "y.csv", "{open.csv", "shut}.csv"];
  assert.deepEqual([...names, "aab.xml", "z.csv", "xycsv"].filter(isDropFile), names);
});

test("is not held up by a long name of the site's, however many stars a pattern has", () => {
  const isDropFile = toFileFilter({ include: ["*_*_*_*_*_*_*_*.pgp", "*{_*_,*_*}{*_*,_*_*_*}*.xml"] });
  const startedAt = performance.now();
  assert.equal(isDropFile("_".repeat(1024)), false);
  assert.equal(isDropFile(`${"_".repeat(1000)}.pgp`), true);
  assert.equal(isDropFile(`${"_".repeat(1000)}.xml`), true);
  assert.ok(performance.now() - startedAt < 2000);
});

test("takes a word of a choice with signs of its own, and an empty one", () => {
  const isDropFile = toFileFilter({ include: ["a{,_?,-*}.xml", "{ä,Ö}*.csv"] });
  const names = ["a.xml", "a_1.xml", "a-.xml", "a-12.xml", "Ä.csv", "ö1.csv", "A_😀.xml"];
  assert.deepEqual([...names, "a_.xml", "a_12.xml", "b.xml", "u.csv"].filter(isDropFile), names);
});
