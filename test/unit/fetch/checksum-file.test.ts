import assert from "node:assert/strict";
import { test } from "node:test";
import { checksumPathsOf, parseChecksum } from "../../../shared/fetch/checksum-file.ts";

const md5 = "d41d8cd98f00b204e9800998ecf8427e";
const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

test("reads a bare digest, and the lines that md5sum and BSD write", () => {
  const found = { algorithm: "md5", digest: md5 };
  for (const text of [
    md5,
    `${md5.toUpperCase()}\r\n`,
    `${md5}  a.pgp\n`,
    `${md5} *a.pgp`,
    `MD5 (a.pgp) = ${md5}`,
    `\uFEFF${md5}`,
  ]) {
    assert.deepEqual(parseChecksum("/in/a.pgp.md5", text, "/in/a.pgp"), found, text);
  }
  assert.deepEqual(parseChecksum("/in/a.SHA256", sha256, "/in/a.pgp"), { algorithm: "sha256", digest: sha256 });
});

test("finds the line of the file among several", () => {
  const other = md5.replaceAll("d", "e");
  const text = `${other}  b.pgp\n${md5}  ./sub/a.pgp\n`;
  assert.equal(parseChecksum("sums.md5", text, "/in/a.pgp")?.digest, md5);
});

test("has no digest where there is none for this file or of this length", () => {
  for (const text of ["", "ok", sha256, `${md5}  other.pgp`, `${md5.slice(1)}  a.pgp`]) {
    assert.equal(parseChecksum("a.pgp.md5", text, "a.pgp"), undefined, text);
  }
});

test("knows where a checksum may lie", () => {
  const paths = checksumPathsOf("/in/a.xml.pgp");
  for (const path of ["/in/a.xml.pgp.md5", "/in/a.xml.pgp.sha256", "/in/a.xml.md5"])
    assert.ok(paths.includes(path), path);
});
