import type { RunningAzurite } from "../azurite/azurite.ts";
import type { HostMemory } from "../host/control-protocol.ts";
import type { RunningSftpSite } from "../sftp/start-sftp-site.ts";
import type { StandIns } from "../stand-ins/start-stand-ins.ts";
import type { Progress } from "./progress.ts";
import type { World } from "./world.ts";

/** Says where everything can be seen, and how much memory the functions took. */
export function printWhereToLook(
  progress: Progress,
  {
    site,
    standIns,
    azurite,
    world,
    memory,
  }: {
    readonly site: RunningSftpSite;
    readonly standIns: StandIns;
    readonly azurite: RunningAzurite;
    readonly world: World;
    readonly memory: HostMemory;
  },
): void {
  const peak = Math.round(memory.worker.peakInBytes / 1024 ** 2);
  const lines = [
    `The functions' process took at most ${peak} MB.`,
    "",
    `Mailboxes   ${standIns.page.url}`,
    `Blobs       ${azurite.connectionString}`,
    `SFTP site   ${site.url}  password ${world.facts.sitePassword}  (its folder: ${world.folder}/site)`,
    `Kept in     ${world.folder}`,
  ];
  for (const line of lines) progress.say(line);
}
