import { z } from "zod";
import { type Connector, connector } from "../../../shared/config/connector.ts";
import { connectSftpSite } from "../../../shared/fetch/sftp-site.ts";
import { enlistFiles } from "../../../shared/pipeline/enlist-file.ts";
import type { FileState } from "../../../shared/pipeline/file-state.ts";
import { fileState } from "../../../shared/pipeline/file-state.ts";
import { listSettledFiles } from "../../../shared/pipeline/list-site.ts";
import { fetchFile, receiveFile } from "../../../shared/pipeline/receive-file.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { readDocument } from "../../../shared/store/state-document.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { createLog } from "../../../shared/telemetry/log.ts";
import type { Body } from "../measure/body.ts";

const fetchArgs = z.object({
  connectionString: z.string(),
  connector,
  sshKey: z.string(),
  pgpKey: z.string(),
});

/**
 * One file from the site into `evidence` and decrypted, checked, scanned and staged into `drops`, as fetchDrops does it.
 * Signing in is timed (scp signs in, too); looking twice whether the file still grows is not.
 */
export const fetchFileBody: Body = async (args, watch) => {
  const { connectionString, connector: one, sshKey, pgpKey } = fetchArgs.parse(args);
  const { blobs } = openAzureStorage({ connectionString }, systemClock);
  const secrets = { get: async () => pgpKey, getOptional: async () => undefined };
  const open = () => connectSftpSite(one.site, { user: one.site.user, privateKey: sshKey });
  const deps = {
    ...{ blobs, secrets, clock: systemClock, writer: "bench", log: createLog(() => undefined) },
    ...{ stallInMs: 20_000, incompleteTries: 2, incompleteWaitInMs: 1_000 },
  };
  const listed = await enlist(deps, one, open);
  const done = await watch.time(async () => {
    const site = await open();
    try {
      const fetched = await fetchFile({ ...deps, site }, listed, AbortSignal.timeout(600_000));
      return await receiveFile(deps, one, fetched);
    } finally {
      await site.end();
    }
  });
  if (done.state !== "verified") throw new Error(`the file became ${done.state}: ${done.reason?.message}`);
  return { items: done.dropFiles.reduce((sum, { items }) => sum + items, 0) };
};

async function enlist(
  deps: { readonly blobs: Blobs; readonly clock: typeof systemClock; readonly writer: string },
  one: Connector,
  open: () => ReturnType<typeof connectSftpSite>,
): Promise<FileState> {
  const site = await open();
  const { settled } = await listSettledFiles({ ...deps, site, settleInMs: 1 }, one, AbortSignal.timeout(60_000));
  await site.end();
  await enlistFiles(deps, one.name, settled);
  const [file] = settled;
  if (file === undefined) throw new Error("the site lists no file");
  const path = paths.file(one.name, file.siteDay, file.id);
  const found = await readDocument(deps.blobs, path, fileState);
  if (found === undefined) throw new Error("the file was not enlisted");
  return found.value;
}
