import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseOptions } from "../../local/start/options.ts";
import { WrongOption } from "../../local/start/wrong-option.ts";
import { withStarts } from "../support/start/start-process.ts";

const here = import.meta.dirname;
const site = "sftp://firm:word@sftp.example:2222/out";

describe("the command line of npm start", { concurrency: 3 }, () => {
  test("--help names every option and ends well", () =>
    withStarts(async ({ run }) => {
      const { code, output } = await run(["--help"]);
      assert.equal(code, 0);
      const named =
        "once fresh state verbose messages users format seed files sftp host-key ssh-key pgp-key mapping directory";
      for (const name of `${named} zone limit export requests`.split(" "))
        assert.match(output, new RegExp(`--${name}\\b`));
    }));

  test("a mistake is one line and exit code 1, and nothing is started for it", () =>
    withStarts(async ({ folder, run }) => {
      const { code, output } = await run(["--once", "--state", join(folder, "state"), "--messages", "many"]);
      assert.equal(code, 1);
      assert.equal(output, "--messages must be a whole number from 20 to 5000000, such as 500.\n");
    }));

  test("files with mistakes are told with their names, and nothing is imported with half of them", () =>
    withStarts(async ({ folder, run }) => {
      const path = join(folder, "file");
      const start = ["--once", "--state", join(folder, "state")];
      await writeFile(path, "Mailbox;ImId\nann@contoso.com;ann\n");
      const mapping = await run([...start, "--mapping", path]);
      assert.deepEqual(
        [mapping.code, mapping.output],
        [1, `--mapping ${path}: the first line must be ImId,Mailbox (with a comma).\n`],
      );
      await writeFile(path, '[{"id":"a b","userPrincipalName":"","mailbox":"no"}]');
      const directory = await run([...start, "--directory", path]);
      assert.equal(directory.code, 1);
      assert.match(directory.output, new RegExp(`^--directory ${path}: `));
      for (const field of ["id", "userPrincipalName", "mailbox"]) {
        assert.match(directory.output, new RegExp(`user 1, id "a b", ${field}: must`));
      }
      await writeFile(path, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n");
      const key = await run([...start, "--files", folder, "--pgp-key", path]);
      assert.deepEqual([key.code, key.output.split("\n").length], [1, 2], key.output);
      assert.match(key.output, /^--pgp-key: .* is no armored private PGP key\. Make it with gpg --armor/);
    }));
});

const mistakes: readonly (readonly [readonly string[], RegExp])[] = [
  [["--unknown"], /^Unknown option '--unknown'\. See npm start -- --help$/],
  [["word"], /^Unexpected argument 'word'\. See npm start -- --help$/],
  [["--messages"], /^Option '--messages <value>' argument missing\. See npm start -- --help$/],
  [["--once=yes"], /^Option '--once' does not take an argument\. See npm start -- --help$/],
  [["--messages", "19"], /^--messages must be a whole number from 20 /],
  [["--users", "3"], /^--users must be a whole number from 4 /],
  [["--limit=-1"], /^--limit must be a whole number from 0 /],
  [["--format", "eml"], /^--format eml is not known\. Choose .*flat-csv/],
  [["--zone", "Mars/Base"], /^--zone Mars\/Base is no time zone\. Give an IANA name such as America\/New_York\.$/],
  [["--files", "/no/such"], /^--files: there is no folder \/no\/such\.$/],
  [["--mapping", "/no/such"], /^--mapping: there is no file \/no\/such\.$/],
  [["--directory", here], /^--directory: there is no file /],
  [["--export", "/no/such/file"], /^--export: there is no folder \/no\/such\.$/],
  [["--requests", here], /^--requests: .* is a folder; name a file in it\.$/],
  [["--state", import.meta.filename], /^--state: .* is not a folder\.$/],
  [["--files", here, "--sftp", site], /^Give --files or --sftp, not both\.$/],
  [["--files", here, "--seed", "2"], /^--seed is for the sample drop; leave it out with --files or --sftp\.$/],
  [["--pgp-key", import.meta.filename], /^--pgp-key goes with --files or --sftp;/],
  [["--host-key", "SHA256:x"], /^--host-key goes with --sftp\.$/],
  [["--files", here, "--ssh-key", import.meta.filename], /^--ssh-key goes with --sftp\.$/],
  [["--sftp", "https://host/"], /^--sftp must be like sftp:\/\/user:password@host:22\/folder\.$/],
  [["--sftp", "sftp://host/"], /^--sftp names no user\./],
  [["--sftp", "sftp://firm@host/"], /^--sftp has no way to sign in\..* SFTP_PASSWORD, or give --ssh-key FILE\.$/],
  [["--sftp", "sftp://firm:50%@host/"], /^--sftp: a % in the URL must be written %25/],
  [["--sftp", site, "--host-key", "aa:bb"], /^--host-key must be a fingerprint as ssh-keygen -l prints it:/],
];

for (const [args, words] of mistakes) {
  test(`${args.map((arg) => arg.replace(here, "HERE")).join(" ")}: one line that says how it should be`, () => {
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof WrongOption && words.test(error.message) && !error.message.includes("\n"),
    );
  });
}

test("a mistake in the URL does not repeat it: it may hold the password", () => {
  for (const url of [
    "sftp://firm:secret%@host/",
    "sftp:firm:secret@",
    "ftp://firm:secret@host/",
    "sftp://:secret@host",
  ]) {
    assert.throws(
      () => parseOptions(["--sftp", url]),
      (error) => error instanceof WrongOption && !/secret/.test(error.message),
    );
  }
});

test("the site's URL says host, port, user, password and folder; the user's own folder is /~/, or no path at all", () => {
  const folders = ["", "/", "/~/", "/~/in/ice", "/in/ice%20chat"].map((path) =>
    parseOptions(["--sftp", `sftp://a%40b:p%2F@[::1]:22${path}`]),
  );
  assert.deepEqual(
    folders.map((options) => (options?.source.type === "sftp" ? options.source.folder : undefined)),
    [".", "/", ".", "in/ice", "/in/ice chat"],
  );
  const source = { type: "sftp", host: "::1", port: 22, user: "a@b", folder: ".", password: "p/" };
  assert.deepEqual(folders[0]?.source, source);
});
