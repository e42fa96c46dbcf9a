import type { HostMemory } from "../host/control-protocol.ts";
import type { StartOptions } from "./options.ts";
import { toPageLine } from "./page-address.ts";
import { siteFolder } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import type { Running } from "./start-all.ts";
import type { World } from "./world.ts";

/** What there is to look at. */
export interface Sights extends Pick<Running, "site" | "standIns" | "azurite" | "blobPage" | "host"> {
  readonly options: StartOptions;
  readonly world: World;
  readonly memory: HostMemory;
}

/** Says where everything can be seen, and how much memory the functions took. */
export function printWhereToLook(progress: Progress, sights: Sights): void {
  const { options, world, memory } = sights;
  const peak = Math.round(memory.worker.peakInBytes / 1024 ** 2);
  progress.say("");
  progress.say(`The functions' process took at most ${peak} MB.`);
  progress.say("");
  // Addresses that are gone a moment later would only mislead.
  for (const line of options.once ? toLater() : toNow(sights)) progress.say(line);
  progress.say(`Kept in     ${world.folder}`);
}

function toLater(): string[] {
  return ["Mailboxes   start with the same options, but without --once: a page shows them"];
}

function toNow({ options, site, standIns, azurite, blobPage, host, world }: Sights): string[] {
  const { source } = options;
  const ofSite =
    source.type === "sftp"
      ? `${source.user}@${source.host}:${source.port}${source.folder}, looked at each minute`
      : `${site.url}  password ${world.facts.sitePassword}  (its folder: ${siteFolder(world)})`;
  return [
    toPageLine(host),
    `Mailboxes   ${standIns.page.url}`,
    `Blobs       ${blobPage.url}  ${azurite.connectionString}`,
    `SFTP site   ${ofSite}`,
    `Graph       ${standIns.graph.url}  (local/stand-ins/README.md says how to make it fail)`,
    ...(source.type === "files" ? [`New files   put them into ${source.folder}`] : []),
  ];
}
