import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { startAzurite } from "../../azurite/azurite.ts";
import type { Gpg } from "../../gpg/start-gpg.ts";
import { type EncryptedFile, encryptedFile, openGpg } from "../input/encrypted-file.ts";
import { chatFile } from "../input/write-chat-file.ts";
import { measurePairs, toFigures } from "../measure/pairs.ts";
import { runCommand } from "../measure/run-command.ts";
import { type BenchContext, type Measured, meets, type Row } from "../row.ts";
import { type BenchSite, startBenchSite } from "../site.ts";
import { toMb, toMib } from "../units.ts";

const target = { type: "at most", value: 2.5 } as const;

/** From the site to verified plaintext in storage, against the public tools that do the same to a file. */
export const fetchLoopback: Row = {
  id: "fetch-loopback",
  title: "SFTP (loopback, sshd) + decrypt + verify + stage, against `scp` + `gpg -d` + `sha256sum`",
  target,
  run: measure,
};

async function measure(context: BenchContext): Promise<Measured> {
  const plain = await chatFile(context.folder, "xml", context);
  const gpg = await openGpg(context.folder);
  const site = await startBenchSite(context.scratch);
  try {
    const file = await encryptedFile(context.folder, gpg, plain);
    const folder = await site.serve(join(context.scratch, "site"), file.path, "day.xml.pgp");
    const pairs = await measurePairs(
      { ours: () => runOurs(context, site, folder, file), yardstick: () => runTools(context, site, gpg, folder) },
      context.isQuick ? { least: 1, most: 1 } : { budgetInMs: 30_000 },
    );
    const { spread, ...figures } = toFigures(pairs.map(([ours, theirs]) => [ours.wallInMs / 1000, theirs / 1000]));
    const peaks = pairs.map(([{ peakInBytes }]) => peakInBytes);
    return {
      ...figures,
      unit: "s",
      isMet: meets(target, figures.ratio),
      notes: [
        `${plain.messages} messages, ${toMb(plain.sizeInBytes)} of XML, ${toMb(file.sizeInBytes)} encrypted by gpg with its defaults`,
        spread,
        `peak memory of our process ${toMib(Math.max(...peaks))}`,
      ],
    };
  } finally {
    await site.close();
    await gpg.close();
  }
}

/** Each time into a storage of its own: what is there already would not be fetched again. */
async function runOurs(context: BenchContext, site: BenchSite, folder: string, file: EncryptedFile) {
  const azurite = await startAzurite();
  try {
    const { connectionString } = azurite;
    await openAzureStorage({ connectionString }, systemClock).createMissing();
    const { host, port, user, fingerprints } = site;
    const ofSite = { host, port, user, hostKeys: [fingerprints.ed25519], folder, login: "key" };
    const connector = { v: 1, name: "bench", feed: "BENCH", site: ofSite };
    const args = { connectionString, connector, sshKey: site.privateKey, pgpKey: file.privateKey };
    return await context.child("fetch-file", args, { isBuilt: true });
  } finally {
    await azurite.stop();
  }
}

/** One after the other with files between them, as a script would: none of them reads what the other is writing. */
async function runTools({ scratch }: BenchContext, site: BenchSite, gpg: Gpg, folder: string): Promise<number> {
  const received = join(scratch, "received.pgp");
  const plain = join(scratch, "received.xml");
  const from = `${site.user}@${site.host}:${join(folder, "day.xml.pgp")}`;
  const scp = await runCommand("scp", [...site.clientOptions, "-P", String(site.port), from, received]);
  const decrypt = await runCommand("gpg", ["--homedir", gpg.home, "--output", plain, "--decrypt", received]);
  const hash = await runCommand("sha256sum", [plain]);
  await rm(plain);
  return scp.wallInMs + decrypt.wallInMs + hash.wallInMs;
}
