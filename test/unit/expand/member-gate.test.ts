import assert from "node:assert/strict";
import { test } from "node:test";
import { ArchiveError, type ArchiveReason } from "../../../shared/expand/archive-error.ts";
import { MemberGate } from "../../../shared/expand/member-gate.ts";
import { sniffContainer } from "../../../shared/expand/sniff-container.ts";

const file = (name: string, sizeInBytes = 1) => ({ name, sizeInBytes, kind: "file" }) as const;

function refuses(gate: MemberGate, member: Parameters<MemberGate["admit"]>[0], reason: ArchiveReason): void {
  assert.throws(
    () => gate.admit(member),
    (error) => error instanceof ArchiveError && error.reason === reason,
    member.name,
  );
}

test("paths are made the same whatever program packed them", () => {
  const gate = new MemberGate();
  assert.equal(gate.admit(file("./a/./b//c.xml")), "a/b/c.xml");
  assert.equal(gate.admit(file("u\u0308.xml")), "\u00fc.xml");
});

test("paths that lead elsewhere, or mean different things on different systems, are refused", () => {
  const unsafe = [
    "../a",
    "a/../../b",
    "a/..",
    "/etc/passwd",
    "C:\\a",
    "c:a",
    "\\\\host\\a",
    "a\\b",
    "a\0b",
    "a\nb",
    "\u007f",
  ];
  for (const name of unsafe) refuses(new MemberGate(), file(name), "unsafe-path");
});

test("a name that merely looks like a trick is taken", () => {
  for (const name of ["..a", "a..", "...", "ab:c.xml", "con", "a /b"])
    assert.ok(new MemberGate().admit(file(name)), name);
});

test("two members of one name, folded, are refused", () => {
  const gate = new MemberGate();
  gate.admit(file("Day/A.xml"));
  refuses(gate, file("day/a.XML"), "duplicate-path");
  refuses(gate, file("Day/./A.xml"), "duplicate-path");
});

test("folders and what file managers leave behind is passed over and counted", () => {
  const gate = new MemberGate();
  for (const name of ["__MACOSX/._a.xml", "a/.DS_Store", "Thumbs.db", "._b"])
    assert.equal(gate.admit(file(name)), undefined);
  assert.equal(gate.admit({ name: "a/", sizeInBytes: 0, kind: "folder" }), undefined);
  assert.equal(gate.skipped, 5);
  assert.throws(
    () => gate.finish(),
    (error) => error instanceof ArchiveError && error.reason === "empty",
  );
});

test("links and devices are refused, and limits hold for passed over members, too", () => {
  refuses(new MemberGate(), { name: "a", sizeInBytes: 0, kind: "other" }, "link");
  refuses(new MemberGate({ totalInBytes: 10 }), file("__MACOSX/a", 11), "too-large");
  refuses(new MemberGate({ pathLength: 3 }), file("abcd"), "path-too-long");
  for (const size of [-1, Number.NaN, 2 ** 60]) refuses(new MemberGate(), file("a", size), "damaged");
  const gate = new MemberGate({ members: 2, totalInBytes: 10 });
  gate.admit(file("a", 5));
  gate.admit(file("b", 5));
  refuses(gate, file("c", 0), "too-many-members");
});

test("a high ratio is a bomb only where much comes of it", () => {
  const gate = new MemberGate({ ratio: 100 });
  gate.checkRatio(10 * 1024 ** 2, 1);
  assert.throws(() => gate.checkRatio(11 * 1024 ** 2, 100_000), ArchiveError);
  gate.checkRatio(11 * 1024 ** 2, 200_000);
});

test("containers are known by their first bytes", () => {
  assert.equal(sniffContainer(Buffer.from("PK\u0003\u0004rest")), "zip");
  assert.equal(sniffContainer(Buffer.from("PK\u0005\u0006")), "zip");
  assert.equal(sniffContainer(Buffer.from([0x1f, 0x8b, 8])), "gzip");
  for (const text of ["", "P", "PK", "<?xml"]) assert.equal(sniffContainer(Buffer.from(text)), "other");
});
