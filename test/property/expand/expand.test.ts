import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { ArchiveError } from "../../../shared/expand/archive-error.ts";
import { expandTarGz } from "../../../shared/expand/expand-tar-gz.ts";
import { expandZip } from "../../../shared/expand/expand-zip.ts";
import { MemberGate } from "../../../shared/expand/member-gate.ts";
import { inPieces, makeTar, makeZip, readAll, toReader } from "../../contract/expand/archives.ts";
import { pax, rawTar } from "../../fault/hostile/make/raw-tar.ts";
import { rawZip } from "../../fault/hostile/make/raw-zip.ts";

const content = fc
  .oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc
      .tuple(fc.nat({ max: 255 }), fc.nat({ max: 60_000 }))
      .map(([octet, length]) => new Uint8Array(length).fill(octet)),
  )
  .map((bytes) => Buffer.from(bytes));
const plainName = fc
  .array(fc.constantFrom("a", "b", "day", "é", "日", "x.xml", "1"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"));
const members = fc.uniqueArray(fc.record({ name: plainName, content, isStored: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
  selector: ({ name }) => name,
});
type Members = typeof members extends fc.Arbitrary<infer T> ? T : never;
const piece = fc.constantFrom(1, 7, 511, 512, 513, 10_000);

const packers = {
  zip: (all: Members) =>
    makeZip((zip) => {
      for (const { name, content, isStored } of all) zip.addBuffer(content, name, { compress: !isStored });
    }),
  "tar.gz": async (all: Members) =>
    gzipSync(await makeTar(all.map(({ name, content }) => [{ name }, content] as const))),
} as const;

/** What is in the archive; undefined when it is refused. It must end either way, and soon. */
async function contentOf(
  kind: keyof typeof packers,
  bytes: Buffer,
  pieceInBytes: number,
): Promise<Map<string, Buffer> | undefined> {
  const began = performance.now();
  try {
    return await readAll(kind === "zip" ? expandZip(toReader(bytes)) : expandTarGz(inPieces(bytes, pieceInBytes)));
  } catch (error) {
    assert.ok(error instanceof ArchiveError, error instanceof Error ? error.stack : String(error));
    return undefined;
  } finally {
    assert.ok(performance.now() - began < 5_000, "it took its time");
  }
}

for (const kind of ["zip", "tar.gz"] as const) {
  test(`any files come out of a ${kind} as they were put in`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(members, piece, async (all, pieceInBytes) => {
        const found = await contentOf(kind, await packers[kind](all), Math.max(pieceInBytes, 64));
        assert.deepEqual(found, new Map(all.map(({ name, content }) => [name.normalize("NFC"), content])));
      }),
      { numRuns: 60 },
    );
  });

  test(`whatever is done to a ${kind}, each of its files comes out as it was, or the archive is refused`, {
    timeout: 120_000,
  }, async () => {
    const damage = fc.record({
      at: fc.nat(),
      octets: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      isCut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        piece,
        async (all, damages, pieceInBytes) => {
          let bytes = await packers[kind](all);
          for (const { at, octets, isCut } of damages) {
            const place = at % bytes.length;
            bytes = isCut
              ? bytes.subarray(0, Math.max(1, place))
              : Buffer.concat([bytes.subarray(0, place), octets, bytes.subarray(place + octets.length)]);
          }
          const found = await contentOf(kind, bytes, Math.max(pieceInBytes, 64));
          if (found === undefined) return;
          // A name has no checksum of its own in a tar and in a zip none that counts, so names may differ, contents may not.
          const given = all.map(({ content }) => content.toString("base64")).toSorted();
          assert.deepEqual([...found.values()].map((content) => content.toString("base64")).toSorted(), given);
        },
      ),
      { numRuns: 150, endOnFailure: true },
    );
  });
}

test("any bytes are an archive that can be read, or are refused", { timeout: 120_000 }, async () => {
  const starts = [Buffer.from("PK\u0003\u0004"), Buffer.from("PK\u0005\u0006"), Buffer.from([0x1f, 0x8b, 8, 0])];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 600 }), async (start, rest) => {
      const bytes = Buffer.concat([start, rest]);
      await contentOf("zip", bytes, 512);
      await contentOf("tar.gz", bytes, 512);
      await contentOf("tar.gz", gzipSync(bytes), 512);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test("any header of a tar, right or wrong, is read or refused, and never waited on", { timeout: 120_000 }, async () => {
  const size = fc.oneof(
    fc.constantFrom("00000000000", "77777777777", "-0000000001", "\u0080\0\0\0\0\0\0\0\0\0\u0004\0", "word"),
    fc.nat({ max: 5_000 }).map((size) => size.toString(8).padStart(11, "0")),
  );
  const entry = fc.record({
    name: fc.constantFrom("a", "b/", "../c", ""),
    type: fc.constantFrom(...Array.from("0123456789LKxgSMVNZ\0")),
    size,
    content: fc.uint8Array({ maxLength: 1_500 }).map((bytes) => Buffer.from(bytes)),
  });
  const attribute = fc.record({
    key: fc.constantFrom("size", "path", "linkpath", "GNU.sparse.name"),
    value: fc.constantFrom("", "0", "5", "-1", "99999999999999999999", "../x", "\0"),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          entry,
          attribute.map(({ key, value }) => pax({ [key]: value })),
        ),
        { minLength: 1, maxLength: 4 },
      ),
      fc.constantFrom(0, 1, 2),
      async (entries, closing) => {
        await contentOf("tar.gz", gzipSync(rawTar(entries, { closing })), 512);
      },
    ),
    { numRuns: 400, endOnFailure: true },
  );
});

test("any fields of a zip, right or wrong, are read or refused, and never waited on", {
  timeout: 120_000,
}, async () => {
  const number = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0xfffffffe, 0xffffffff), fc.nat({ max: 3_000 }));
  const member = fc
    .record({
      name: fc.constantFrom("a", "b", "../c", ""),
      content: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      method: fc.constantFrom(0, 8, 12),
      flags: fc.constantFrom(0, 1, 8, 0x800),
    })
    .chain((member) =>
      fc
        .record({ size: number, packedSize: number, offset: number, crc: number }, { requiredKeys: [] })
        .map((lies) => ({ ...member, ...lies })),
    );
  const end = fc.record(
    { count: fc.nat({ max: 9 }), directoryOffset: number, directorySize: number },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 4 }), end, async (members, end) => {
      await contentOf("zip", rawZip(members, end), 512);
    }),
    { numRuns: 400, endOnFailure: true },
  );
});

test("whatever a member is called, its path stays inside and is nobody else's, or it is refused", () => {
  const scrap = fc.oneof(
    fc.constantFrom(
      "..",
      ".",
      "/",
      "\\",
      "C:",
      "\0",
      "\u001b",
      "\u009b",
      "a",
      "A",
      "é",
      "e\u0301",
      "con",
      "__proto__",
      " ",
    ),
    fc.string({ maxLength: 3 }),
  );
  const names = fc.array(
    fc.array(scrap, { maxLength: 6 }).map((scraps) => scraps.join("")),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(names, (names) => {
      const gate = new MemberGate();
      const seen = new Set<string>();
      for (const name of names) {
        const path = attempt(() => gate.admit({ name, sizeInBytes: 1, kind: "file" }));
        if (path === undefined) continue;
        assert.equal(posix.join("/in", path), `/in/${path}`, "the path leads elsewhere");
        assert.doesNotMatch(path, /\\|^\/|^[A-Za-z]:|\p{Cc}/u);
        assert.ok(!seen.has(path.toLowerCase()));
        seen.add(path.toLowerCase());
      }
    }),
    { numRuns: 1_000, examples: [[["./C:"]], [["a/C:"]]] },
  );
});

function attempt(admit: () => string | undefined): string | undefined {
  try {
    return admit();
  } catch (error) {
    assert.ok(error instanceof ArchiveError, String(error));
    return undefined;
  }
}
