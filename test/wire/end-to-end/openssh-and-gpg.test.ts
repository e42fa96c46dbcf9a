import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Gpg, startGpg, whyNoGpg } from "../../../local/gpg/start-gpg.ts";
import { type RunningSshd, startSshd, whyNoSshd } from "../../../local/openssh/start-sshd.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { withStarts } from "../../support/start/start-process.ts";
import { compareExport, type GpgDrop, makeGpgDrop, putFiles } from "./gpg-drop.ts";

const passphrase = "horse battery";
const changed = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

describe("npm start with OpenSSH's server and gpg's files", { concurrency: 3, skip: whyNoSshd || whyNoGpg }, () => {
  let folder: string;
  let gpg: Gpg;
  let sshd: RunningSshd;
  let drop: GpgDrop;
  let stranger: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "openssh-and-gpg-"));
    gpg = await startGpg();
    const own = await gpg.makeKey("connector@example.com", "curve25519", passphrase);
    stranger = await gpg.makeKey("stranger@example.com", "rsa");
    await writeFile(join(folder, "own.asc"), await gpg.exportPrivate(own, passphrase));
    await writeFile(join(folder, "stranger.asc"), await gpg.exportPrivate(stranger));
    const keys = await generateSshKeys();
    await writeFile(join(folder, "ssh-key"), keys.privateKey, { mode: 0o600 });
    sshd = await startSshd({ publicKeys: [keys.publicKey] });
    drop = await makeGpgDrop(folder, gpg, own);
    await putFiles(join(folder, "good"), drop.files);
    await putFiles(join(folder, "mixed"), [...drop.files, ...(await makeBadFiles())]);
  });
  after(async () => {
    await sshd?.close();
    await gpg?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The small XML file, spoilt in every way, and files that belong to nobody here. */
  async function makeBadFiles(): Promise<(readonly [string, Buffer])[]> {
    const whole = drop.files.find(([name]) => name.endsWith(".xml.pgp"))?.[1] ?? Buffer.alloc(0);
    const tampered = Buffer.from(whole);
    tampered[whole.length - 300] = (tampered[whole.length - 300] ?? 0) ^ 1;
    const own = ["--recipient", "connector@example.com"];
    const unknown = await gpg.encrypt(Buffer.from('<?xml version="1.0"?><Invoices><Invoice/></Invoices>'), own);
    return [
      ["cut.xml.pgp", whole.subarray(0, -200)],
      ["tampered.xml.pgp", tampered],
      ["stranger.xml.pgp", await gpg.encrypt(Buffer.from("<FileDump/>"), ["--recipient", stranger])],
      ["invoices.xml.pgp", unknown],
      ["plain.xml", Buffer.from("<FileDump/>")],
    ];
  }

  const at = (path: string, user = sshd.user): string => `sftp://${user}@127.0.0.1:${sshd.port}${path}`;
  const withKeys = (): string[] => [
    ...["--ssh-key", join(folder, "ssh-key"), "--pgp-key", join(folder, "own.asc")],
    ...drop.options,
  ];
  const secret = { PGP_PASSPHRASE: passphrase };

  test("signs in with a key, pins the host key, and every mailbox is as the generator says", () =>
    withStarts(async ({ folder: own, run }) => {
      const site = ["--sftp", at(join(folder, "good")), "--host-key", sshd.fingerprints.ed25519];
      const kept = join(own, "kept.json");
      const { code, output } = await run(["--once", "--state", own, ...site, ...withKeys(), "--export", kept], secret);
      assert.equal(code, 0, output);
      assert.deepEqual(await compareExport(drop, kept), []);
    }));

  test("good files arrive beside bad ones, each of which is told with its reason", () =>
    withStarts(async ({ folder: own, run }) => {
      const kept = join(own, "kept.json");
      const site = ["--sftp", at(join(folder, "mixed"))];
      const { code, output } = await run(["--once", "--state", own, ...site, ...withKeys(), "--export", kept], secret);
      assert.equal(code, 1, output);
      assert.deepEqual(await compareExport(drop, kept), []);
      assert.match(output, new RegExp(`pin it with --host-key ${literally(sshd.fingerprints.ed25519)}$`, "m"));
      assert.match(
        output,
        /^! file cut\.xml\.pgp is rejected: The file ends before .* Ask the sender to deliver it again\.$/m,
      );
      assert.match(output, /^! file tampered\.xml\.pgp is rejected: .* changed after encryption\./m);
      assert.match(
        output,
        /^! file stranger\.xml\.pgp is rejected: The file is encrypted for another key .*--pgp-key FILE/m,
      );
      assert.match(output, /^! file invoices\.xml\.pgp is rejected: no known format: .* root element Invoices/m);
      assert.match(output, /^! file plain\.xml is rejected: The file is not encrypted .*without --pgp-key\.\)$/m);
      assert.equal(output.match(/^! /gm)?.length, 5, output);
    }));

  test("files for another key are put aside, and taken up again when the key that fits is given", () =>
    withStarts(async ({ folder: own, run }) => {
      const kept = join(own, "kept.json");
      const start = ["--once", "--state", join(own, "state"), "--files", join(folder, "good"), ...drop.options];
      const wrong = await run([...start, "--pgp-key", join(folder, "stranger.asc")]);
      assert.equal(wrong.code, 1, wrong.output);
      assert.match(wrong.output, /available 0 = imported 0 /);
      assert.equal(
        wrong.output.match(/is rejected: The file is encrypted for another key/g)?.length,
        drop.files.length,
      );
      const locked = await run([...start, "--pgp-key", join(folder, "own.asc")]);
      assert.match(
        locked.output,
        /^--pgp-key: .* needs its passphrase in the environment variable PGP_PASSPHRASE\.\n$/,
      );
      const right = await run([...start, "--pgp-key", join(folder, "own.asc"), "--export", kept], secret);
      assert.equal(right.code, 0, right.output);
      assert.deepEqual(await compareExport(drop, kept), []);
    }));

  test("a wrong password: nothing is fetched, and it says where to look", () =>
    expectRefusal(
      () => ["--sftp", at("/", `${sshd.user}:wrong`), "--host-key", sshd.fingerprints.ed25519],
      [/^! the site could not be fetched: The SFTP site refused the sign-in\. Check the user name .*in --sftp/m],
    ));

  test("a changed host key: nothing is sent, and both keys are shown", () =>
    expectRefusal(
      () => ["--sftp", at("/"), "--host-key", changed, "--ssh-key", join(folder, "ssh-key")],
      [
        new RegExp(
          `^! the site shows ed25519 ${literally(sshd.fingerprints.ed25519)}, .*trusted is ${literally(changed)}\\.`,
          "m",
        ),
        /^! the site could not be fetched: The SFTP site showed a host key that is not among the trusted ones/m,
      ],
    ));

  test("no such folder", () =>
    expectRefusal(
      () => ["--sftp", at("/no/such"), "--ssh-key", join(folder, "ssh-key")],
      [/^! the site could not be fetched: The folder does not exist on the SFTP site\. .*the path of --sftp/m],
    ));

  async function expectRefusal(site: () => readonly string[], words: readonly RegExp[]): Promise<void> {
    await withStarts(async ({ folder: own, run }) => {
      const { code, output } = await run(["--once", "--state", own, ...site(), ...drop.options]);
      assert.equal(code, 1, output);
      for (const expected of words) assert.match(output, expected);
      assert.doesNotMatch(output, /available|wrong@/);
    });
  }
});

function literally(text: string): string {
  return text.replaceAll(/[+/]/g, "\\$&");
}
