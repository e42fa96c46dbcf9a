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
  "x/twice.txt",
  "y/twice.txt",
].map(member);
const find = toAttachmentIndex("day/chat.xml", members);

test("finds a file by its path from the chat file, before its path from the archive's root", () => {
  assert.equal(find("files/a/one.pdf")?.blob, "day/files/a/one.pdf");
  assert.equal(find("./files\\a\\one.pdf")?.blob, "day/files/a/one.pdf");
  assert.equal(find("y/twice.txt")?.blob, "y/twice.txt");
});

test("finds a file that was stored without its folders by its base name or its shown name", () => {
  assert.equal(find("20260603/teams/flat.txt")?.blob, "flat.txt");
  assert.equal(find("stored/8f2c", "flat.txt")?.blob, "flat.txt");
});

test("finds nothing when several files bear the base name: the wrong file would be archived as sent", () => {
  assert.equal(find("elsewhere/twice.txt"), undefined);
});

test("cannot be led out of the archive", () => {
  assert.equal(find("../../../etc/passwd"), undefined);
  assert.equal(toAttachmentIndex("chat.xml", [member("../flat.txt")])("flat.txt")?.blob, "../flat.txt");
  assert.equal(find("../day/files/a/one.pdf")?.blob, "day/files/a/one.pdf");
});
