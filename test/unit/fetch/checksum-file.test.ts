import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
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
    assert.deepEqual(parseChecksum("/in/a.pgp.md5", Buffer.from(text), "/in/a.pgp"), found, text);
  }
  assert.deepEqual(parseChecksum("/in/a.SHA256", Buffer.from(sha256), "/in/a.pgp"), {
    algorithm: "sha256",
    digest: sha256,
  });
});

test("finds the line of the file among several", () => {
  const other = md5.replaceAll("d", "e");
  const text = `${other}  b.pgp\n${md5}  ./sub/a.pgp\n`;
  assert.equal(parseChecksum("sums.md5", Buffer.from(text), "/in/a.pgp")?.digest, md5);
});

test("has no digest where there is none for this file or of this length", () => {
  for (const text of ["", "ok", sha256, `${md5}  other.pgp`, `${md5.slice(1)}  a.pgp`]) {
    assert.equal(parseChecksum("a.pgp.md5", Buffer.from(text), "a.pgp"), undefined, text);
  }
});

test("knows where a checksum may lie", () => {
  const paths = checksumPathsOf("/in/a.xml.pgp");
  for (const path of ["/in/a.xml.pgp.md5", "/in/a.xml.pgp.sha256", "/in/a.xml.md5"])
    assert.ok(paths.includes(path), path);
});

test("takes the name that the file has once it is decrypted, and what Windows writes", () => {
  const found = { algorithm: "sha256", digest: sha256 };
  const table = `Algorithm       Hash                            Path\r\n---------       ----   ----\r\nSHA256          ${sha256.toUpperCase()}       C:\\out\\a.csv.pgp\r\n`;
  for (const bytes of [
    Buffer.from(`${sha256}  a.csv\n`),
    Buffer.from(table),
    Buffer.from(`\uFEFF${table}`, "utf16le"),
    Buffer.from(`SHA256 hash of a.csv.pgp:\r\n${sha256}\r\nCertUtil: -hashfile command completed successfully.\r\n`),
  ]) {
    assert.deepEqual(parseChecksum("/in/a.csv.sha256", bytes, "/in/a.csv.pgp"), found);
  }
});

test("a digest without a name is nobody's where several files could be meant", () => {
  const bare = Buffer.from(md5);
  assert.equal(parseChecksum("/in/a.md5", bare, "/in/a.csv", true), undefined);
  assert.equal(parseChecksum("/in/a.md5", Buffer.from(`${md5}  a.csv`), "/in/a.csv", true)?.digest, md5);
  assert.equal(parseChecksum("/in/a.md5", Buffer.from(`${md5}  a.xml`), "/in/a.csv", true), undefined);
});

test("anything at all can be read without harm", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const found = parseChecksum("a.md5", bytes, "a.csv");
      assert.match(found?.digest ?? md5, /^[0-9a-f]{32}$/);
    }),
  );
});
