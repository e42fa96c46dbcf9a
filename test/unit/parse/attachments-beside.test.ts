import assert from "node:assert/strict";
import { test } from "node:test";
import { toAttachmentIndex } from "../../../shared/parse/attachments-beside.ts";
import { stored } from "../../contract/parse/parsing.ts";

const member = (path: string) => ({ path, content: stored(path, path) });
const members = [
  "day/chat.xml",
  "day/files/a/one.pdf",
  "files/a/one.pdf",
  "flat.txt",
  "day/shown.txt",
  "x/twice.txt",
  "y/twice.txt",
].map(member);
const find = toAttachmentIndex("day/chat.xml", members);

test("finds a file by its path from the chat file, before its path from the archive's root", () => {
  assert.equal(find("files/a/one.pdf")?.blob, "day/files/a/one.pdf");
  assert.equal(find("./files\\a\\one.pdf")?.blob, "day/files/a/one.pdf");
  assert.equal(find("y/twice.txt")?.blob, "y/twice.txt");
});

test("finds a file by the end of its path, whichever of the two paths is the longer", () => {
  assert.equal(find("20260603/teams/flat.txt")?.blob, "flat.txt");
  assert.equal(find("C:\\Users\\ann\\x\\twice.txt")?.blob, "x/twice.txt");
  assert.equal(find("a/../x/twice.txt")?.blob, "x/twice.txt");
});

test("finds a file by its shown name in the chat file's folder", () => {
  assert.equal(find("stored/8f2c", "shown.txt")?.blob, "day/shown.txt");
  assert.equal(find("stored/8f2c", "flat.txt"), undefined);
});

test("finds a name whatever form its accents have", () => {
  assert.equal(toAttachmentIndex("chat.xml", [member("u\u0308.txt")])("\u00fc.txt")?.blob, "u\u0308.txt");
});

test("finds nothing when several files fit, or the folder is another: the wrong file would be archived as sent", () => {
  assert.equal(find("twice.txt"), undefined);
  assert.equal(find("elsewhere/twice.txt"), undefined);
  assert.equal(find("elsewhere/one.pdf"), undefined);
});

test("cannot be led out of the archive or of the list", () => {
  assert.equal(find("../../../etc/passwd"), undefined);
  assert.equal(find("constructor"), undefined);
  assert.equal(find("__proto__", "toString"), undefined);
  assert.equal(find("../day/files/a/one.pdf")?.blob, "day/files/a/one.pdf");
});
