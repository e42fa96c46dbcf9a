import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { expandTarGz } from "../../../shared/expand/expand-tar-gz.ts";
import { expandZip } from "../../../shared/expand/expand-zip.ts";
import { expanders, inPieces, makeTar, makeTarGz, makeZip, readAll, toReader, verdictOn } from "./archives.ts";

const noise = randomBytes(200_000);
const text = Buffer.from("chat ".repeat(40_000));

/** The same three files, a folder and some junk, in each kind of archive. */
const packed = {
  zip: () =>
    makeZip((zip) => {
      zip.addBuffer(noise, "a.bin");
      zip.addEmptyDirectory("day");
      zip.addBuffer(text, "day/chats.xml");
      zip.addBuffer(Buffer.from("x"), "__MACOSX/._chats.xml");
      zip.addBuffer(noise, "stored.bin", { compress: false });
      zip.addBuffer(Buffer.alloc(0), "empty");
    }),
  "tar.gz": () =>
    makeTarGz([
      [{ name: "a.bin" }, noise],
      [{ name: "day/", type: "directory" }],
      [{ name: "day/chats.xml" }, text],
      [{ name: "__MACOSX/._chats.xml" }, Buffer.from("x")],
      [{ name: "./stored.bin" }, noise],
      [{ name: "empty" }],
    ]),
} as const;

const expected = new Map([
  ["a.bin", noise],
  ["day/chats.xml", text],
  ["stored.bin", noise],
  ["empty", Buffer.alloc(0)],
]);

for (const kind of ["zip", "tar.gz"] as const) {
  const expand = expanders[kind];

  describe(`expanding a ${kind}`, { timeout: 30_000 }, () => {
    test("gives every file, in order, and counts what it passes over", async () => {
      const expansion = expand(await packed[kind]());
      assert.deepEqual(await readAll(expansion), expected);
      assert.equal(expansion.skipped(), 2);
    });

    test("one that is cut, anywhere, is truncated", async () => {
      const bytes = await packed[kind]();
      for (const length of [0, 1, 10, 21, 22, 500, bytes.length >> 1, bytes.length - 9, bytes.length - 1]) {
        assert.equal(await verdictOn(expand(bytes.subarray(0, length))), "truncated", `cut at ${length}`);
      }
    });

    test("one with a changed bit never gives other content", async () => {
      const bytes = await packed[kind]();
      let refused = 0;
      for (let i = 0; i < 60; i += 1) {
        const changed = Buffer.from(bytes);
        const at = Math.floor((i * bytes.length) / 60);
        changed[at] = (changed[at] ?? 0) ^ (1 << (i % 8));
        if ((await verdictOn(expand(changed))) !== "taken") refused += 1;
        else assert.deepEqual(await readAll(expand(changed)), expected, `bit changed at ${at}`);
      }
      assert.ok(refused >= 55, `${refused} of 60 refused`);
    });

    test("its limits hold", async () => {
      const bytes = await packed[kind]();
      assert.equal(await verdictOn(expand(bytes, { members: 3 })), "too-many-members");
      assert.equal(await verdictOn(expand(bytes, { totalInBytes: 500_000 })), "too-large");
      assert.equal(await verdictOn(expand(bytes, { pathLength: 5 })), "path-too-long");
    });

    test("a bomb is refused long before it has gone off", async () => {
      const bytes =
        kind === "zip"
          ? await makeZip((zip) => zip.addBuffer(Buffer.alloc(40_000_000), "a.xml"))
          : await makeTarGz([[{ name: "a.xml" }, Buffer.alloc(40_000_000)]]);
      let size = 0;
      const read = async () => {
        for await (const member of expand(bytes).members) {
          for await (const piece of member.open()) size += piece.length;
        }
      };
      await assert.rejects(read(), /bomb/);
      assert.ok(size < 12_000_000, `${size} bytes came`);
    });

    test("members may be left unread, or half read, and the end is checked all the same", async () => {
      const bytes = await packed[kind]();
      const paths: string[] = [];
      for await (const member of expand(bytes).members) {
        paths.push(member.path);
        if (paths.length === 2) continue;
        for await (const piece of member.open()) {
          assert.ok(piece.length > 0);
          break;
        }
      }
      assert.deepEqual(paths, [...expected.keys()]);
    });

    test("an archive without files is told as such", async () => {
      const bytes =
        kind === "zip"
          ? await makeZip((zip) => zip.addEmptyDirectory("d"))
          : await makeTarGz([[{ name: "d/", type: "directory" }]]);
      assert.equal(await verdictOn(expand(bytes)), "empty");
    });

    test("archives inside are files like any other", async () => {
      const inner = await packed.zip();
      const bytes =
        kind === "zip"
          ? await makeZip((zip) => zip.addBuffer(inner, "inner.zip"))
          : await makeTarGz([[{ name: "inner.zip" }, inner]]);
      assert.deepEqual((await readAll(expand(bytes))).get("inner.zip"), inner);
    });
  });
}

describe("expanding a zip, in particular", () => {
  test("the directory is judged whole before the first file is given out", async () => {
    const bytes = await makeZip((zip) => {
      zip.addBuffer(text, "a.xml");
      zip.addBuffer(text, "A.xml");
    });
    assert.equal(await verdictOn(expandZip(toReader(bytes))), "duplicate-path");
    for await (const _ of expandZip(toReader(await packed.zip())).members) return;
  });

  test("files can be read again, and side by side", async () => {
    const members = [];
    for await (const member of expandZip(toReader(await packed.zip())).members) members.push(member);
    const sizes = await Promise.all(
      [...members, ...members].map(async (member) => {
        let size = 0;
        for await (const piece of member.open()) size += piece.length;
        return size === member.sizeInBytes;
      }),
    );
    assert.ok(sizes.every(Boolean));
  });

  test("zip64 and Unicode names are read", async () => {
    const bytes = await makeZip((zip) => {
      zip.addBuffer(text, "größe \u{1f600}.xml", { forceZip64Format: true });
    });
    assert.deepEqual(await readAll(expandZip(toReader(bytes))), new Map([["größe \u{1f600}.xml", text]]));
  });

  test("a password, an unknown method, a link or a hidden path is refused", async () => {
    const change = async (edit: (directory: Buffer, local: Buffer) => void) => {
      const bytes = await makeZip((zip) => zip.addBuffer(text, "abc"));
      const directory = bytes.subarray(bytes.indexOf(Buffer.from("PK\u0001\u0002")));
      edit(directory, bytes);
      return verdictOn(expandZip(toReader(bytes)));
    };
    assert.equal(await change((directory) => directory.writeUInt16LE(1, 8)), "encrypted");
    assert.equal(await change((directory) => directory.writeUInt16LE(0x41, 8)), "encrypted");
    assert.equal(await change((directory) => directory.writeUInt16LE(12, 10)), "unsupported-method");
    assert.equal(await change((directory) => directory.writeUInt32LE(0xa1ff0000, 38)), "link");
    assert.equal(await change((directory) => directory.write("../", 46)), "unsafe-path");
    assert.equal(await change((directory) => directory.write("abd", 46)), "damaged");
    assert.equal(await change((directory) => directory.writeUInt32LE(7, 24)), "damaged");
  });

  test("files that share their bytes are a bomb", async () => {
    const bytes = await makeZip((zip) => {
      zip.addBuffer(text, "a");
      zip.addBuffer(text, "b");
    });
    const second = bytes.lastIndexOf(Buffer.from("PK\u0001\u0002"));
    bytes.writeUInt32LE(0, second + 42);
    assert.equal(await verdictOn(expandZip(toReader(bytes))), "ratio-too-high");
  });

  test("members that the directory does not name or does not count are not passed over", async () => {
    const bytes = await makeZip((zip) => {
      zip.addBuffer(text, "a");
      zip.addBuffer(text, "b");
    });
    const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006"));
    const uncounted = Buffer.from(bytes);
    uncounted.writeUInt16LE(1, end + 10);
    assert.equal(await verdictOn(expandZip(toReader(uncounted))), "damaged");
    const second = bytes.lastIndexOf(Buffer.from("PK\u0001\u0002"));
    const unnamed = Buffer.concat([bytes.subarray(0, second), bytes.subarray(end)]);
    unnamed.writeUInt16LE(1, second + 10);
    assert.equal(await verdictOn(expandZip(toReader(unnamed))), "damaged");
  });

  test("padding between members is no harm", async () => {
    const bytes = await makeZip((zip) => zip.addBuffer(text, "a", { compress: false }));
    const directory = bytes.indexOf(Buffer.from("PK\u0001\u0002"));
    const padded = Buffer.concat([bytes.subarray(0, directory), Buffer.alloc(5_000), bytes.subarray(directory)]);
    padded.writeUInt32LE(directory + 5_000, padded.lastIndexOf(Buffer.from("PK\u0005\u0006")) + 16);
    assert.deepEqual(await readAll(expandZip(toReader(padded))), new Map([["a", text]]));
  });

  test("a directory of thousands takes a few reads, not two for each file", async () => {
    const reader = toReader(
      await makeZip((zip) => {
        for (let i = 0; i < 3_000; i += 1) zip.addBuffer(Buffer.from("x"), `${i}.xml`);
      }),
    );
    let count = 0;
    for await (const _ of expandZip(reader).members) count += 1;
    assert.equal(count, 3_000);
    assert.ok(reader.reads < 10, `${reader.reads} reads`);
  });

  test("a storage that fails is passed on as it is", async () => {
    const failure = new Error("503");
    const good = toReader(await packed.zip());
    for (const after of [0, 1]) {
      let reads = 0;
      const read = (offset: number, length: number) => {
        reads += 1;
        return reads > after ? Promise.reject(failure) : good.read(offset, length);
      };
      await assert.rejects(readAll(expandZip({ sizeInBytes: good.sizeInBytes, read })), (error) => error === failure);
    }
  });
});

describe("expanding a tar.gz, in particular", () => {
  test("links, devices and paths that lead elsewhere are refused", async () => {
    for (const type of ["symlink", "link", "character-device", "fifo"] as const) {
      assert.equal(
        await verdictOn(expandTarGz(inPieces(await makeTarGz([[{ name: "a", type, linkname: "/etc" }]])))),
        "link",
      );
    }
    assert.equal(await verdictOn(expandTarGz(inPieces(await makeTarGz([[{ name: "../a" }, text]])))), "unsafe-path");
  });

  test("a tar without its closing zeros is truncated, though its gzip is whole", async () => {
    const tar = await makeTar([[{ name: "a" }, text]]);
    assert.equal(await verdictOn(expandTarGz(inPieces(gzipSync(tar.subarray(0, -1024))))), "truncated");
  });

  test("a gzip that holds no tar is told as such, and one that holds nothing as empty", async () => {
    for (const content of [noise, text, Buffer.from("short")]) {
      assert.equal(await verdictOn(expandTarGz(inPieces(gzipSync(content)))), "no-tar");
    }
    assert.equal(await verdictOn(expandTarGz(inPieces(gzipSync(Buffer.alloc(0))))), "empty");
  });

  test("a folder that claims a size has none", async () => {
    const tar = await makeTar([[{ name: "d/", type: "directory" }], [{ name: "a" }, text]]);
    tar.write("00000001000", 124);
    const sum = tar
      .subarray(0, 512)
      .fill(" ", 148, 156)
      .reduce((total, octet) => total + octet, 0);
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    assert.deepEqual(await readAll(expandTarGz(inPieces(gzipSync(tar)))), new Map([["a", text]]));
  });

  test("a source that fails is passed on as it is, and one that is left is ended", async () => {
    const bytes = await packed["tar.gz"]();
    const failure = new Error("reset");
    let isEnded = false;
    const source = async function* (fails: boolean) {
      try {
        yield bytes.subarray(0, 100_000);
        if (fails) throw failure;
        yield bytes.subarray(100_000);
      } finally {
        isEnded = true;
      }
    };
    await assert.rejects(readAll(expandTarGz(source(true))), (error) => error === failure);
    isEnded = false;
    for await (const member of expandTarGz(source(false)).members) {
      assert.equal(member.path, "a.bin");
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isEnded, true);
  });

  test("a member is asked for once, and in time", async () => {
    const late = [];
    for await (const member of expandTarGz(inPieces(await packed["tar.gz"]())).members) {
      late.push(member);
      for await (const _ of member.open());
      const twice = async () => {
        for await (const _ of member.open());
      };
      await assert.rejects(twice(), /once/);
    }
    assert.equal(late.length, 4);
  });

  test("what GNU tar packs is read, long names and all", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tar-"));
    try {
      const name = `${"long ".repeat(40)}\u00fc.xml`;
      await writeFile(join(folder, name), text);
      for (const format of ["gnu", "pax", "ustar"]) {
        const file = format === "ustar" ? "short.xml" : name;
        await writeFile(join(folder, file), text);
        execFileSync("tar", ["-C", folder, `--format=${format}`, "-czf", join(folder, "a.tgz"), file]);
        const found = await readAll(expandTarGz(inPieces(await readFile(join(folder, "a.tgz")))));
        assert.deepEqual(found, new Map([[file, text]]), format);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
