import { startDelayProxy } from "../delay-proxy.ts";
import { chatFile } from "../input/write-chat-file.ts";
import { measurePairs, toFigures } from "../measure/pairs.ts";
import { runCommand } from "../measure/run-command.ts";
import { type BenchContext, type Measured, meets, type Row } from "../row.ts";
import { type BenchSite, startBenchSite } from "../site.ts";
import { toMb } from "../units.ts";

const target = { type: "at least", value: 0.8 } as const;
const roundTripInMs = 50;

/** How fast a file comes from far away. */
export const sftpFar: Row = {
  id: "sftp-far",
  title: `SFTP read at ${roundTripInMs} ms round trip, against OpenSSH's \`sftp\``,
  target,
  run: measure,
};

async function measure(context: BenchContext): Promise<Measured> {
  const { path, sizeInBytes } = await chatFile(context.folder, "xml", context);
  const site = await startBenchSite(context.scratch);
  const proxy = await startDelayProxy(site.port, roundTripInMs / 2);
  try {
    const far = { ...site, port: proxy.port };
    const pairs = await measurePairs(
      { ours: () => readOurs(context, far, path, sizeInBytes), yardstick: () => readTheirs(far, path) },
      context.isQuick ? { least: 1, most: 1 } : { budgetInMs: 25_000 },
    );
    const toRate = (inMs: number): number => sizeInBytes / 1e3 / inMs;
    const { spread, ...figures } = toFigures(pairs.map(([ours, theirs]) => [toRate(ours), toRate(theirs)]));
    const notes = [
      `${toMb(sizeInBytes)}, signing in included, through a proxy of ${roundTripInMs / 2} ms each way`,
      spread,
    ];
    return { ...figures, unit: "MB/s", isMet: meets(target, figures.ratio), notes };
  } finally {
    await proxy.close();
    await site.close();
  }
}

async function readOurs(context: BenchContext, site: BenchSite, path: string, sizeInBytes: number): Promise<number> {
  const { port, user, privateKey, fingerprints } = site;
  const args = { port, user, path, sshKey: privateKey, hostKey: fingerprints.ed25519 };
  const { wallInMs, told } = await context.child("sftp-read", args, { isBuilt: true });
  if (told["received"] !== sizeInBytes) throw new Error(`${told["received"]} bytes came of ${sizeInBytes}`);
  return wallInMs;
}

/** Into nothing, as ours: what is compared is the way. */
async function readTheirs({ clientOptions, port, user, host }: BenchSite, path: string): Promise<number> {
  const from = `${user}@${host}:${path}`;
  return (await runCommand("sftp", [...clientOptions, "-P", String(port), from, "/dev/null"])).wallInMs;
}
