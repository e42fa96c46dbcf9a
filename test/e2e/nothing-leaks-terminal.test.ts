import assert from "node:assert/strict";
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { withStarts } from "../support/start/start-process.ts";
import { encryptAll, makeBadFiles, makeGoodFiles, makePerson, type SiteFile } from "./nothing-leaks/drop-files.ts";
import { MarkedWords, WordSearch } from "./nothing-leaks/words.ts";

/** Nobody of the directory: the terminal has to name them, so they are not marked. */
const unknown = { imId: "nobody7", local: "nobody", domain: "other", email: "nobody@other.example", name: "Nora Body" };
const day = new Date("2026-06-04T03:00:00Z");

test("the terminal of a start shows no marked word but names of files that were put aside and people without a mailbox", (t) =>
  withStarts(async ({ folder, run }) => {
    const words = new MarkedWords();
    const [mapped, found] = [makePerson(words), makePerson(words)];
    const passphrase = words.mark("secret", ` "née" & co`);
    const keys = await generatePgpKeys({ kind: "curve25519", passphrase });
    const strangers = await generatePgpKeys({ kind: "curve25519" });
    const plain = [
      ...makeGoodFiles(words, [mapped, found, unknown]),
      ...makeBadFiles(words).filter((_, n) => n % 4 === 0),
    ];
    await putFiles(join(folder, "drop"), await encryptAll(plain, words, keys.publicKey, strangers.publicKey));
    await writeFile(join(folder, "key.asc"), keys.privateKey);
    const badLines = `${words.mark("mapping")},no address ${words.mark("mapping")}\n${mapped.imId},${words.mark("mapping")}@x.example`;
    await writeFile(join(folder, "mapping.csv"), `ImId,Mailbox\n${mapped.imId},${mapped.email}\n${badLines}\n`);
    const users = [mapped, found].map(({ email, name }, n) => ({
      id: `user-${n}`,
      userPrincipalName: email,
      displayName: name,
    }));
    await writeFile(join(folder, "directory.json"), JSON.stringify(users));

    const exported = join(folder, "mailboxes.json");
    const { output } = await run(
      [
        ...["--once", "--verbose", "--state", join(folder, "state"), "--files", join(folder, "drop")],
        ...["--pgp-key", join(folder, "key.asc"), "--mapping", join(folder, "mapping.csv")],
        ...["--directory", join(folder, "directory.json"), "--export", exported],
      ],
      { PGP_PASSPHRASE: passphrase },
    );
    assert.match(output, /^ {2}available \d+ = imported [1-9]/m);
    assert.ok(output.includes(unknown.imId), output);
    const mailboxes = await readFile(exported, "utf8");
    assert.ok(words.of("text").some((word) => mailboxes.includes(word)));
    const finder = new WordSearch(words);
    assert.deepEqual(finder.find(output, ["site-file"]), []);
    t.diagnostic(
      `${words.size} words in ${finder.forms} spellings; ${output.split("\n").length} lines of the terminal`,
    );
  }));

async function putFiles(folder: string, files: readonly SiteFile[]): Promise<void> {
  await mkdir(folder);
  for (const [name, bytes] of files) {
    await writeFile(join(folder, name), bytes);
    await utimes(join(folder, name), day, day);
  }
}
