import { posix } from "node:path";
import type { UnfinishedConnector } from "../config/connector-values.ts";
import { toFileFilter } from "../fetch/file-patterns.ts";
import type { Site, SiteEntry } from "../fetch/site.ts";
import type { Stepped } from "./validate-connection.ts";

/** The file that decryption and format are tried on. */
export type TriedFile = SiteEntry;

const mostNames = 10;

/** Lists the folder and chooses the newest file that the patterns take; none when there is none. @throws SiteError */
export async function readListing(
  site: Pick<Site, "list">,
  connector: UnfinishedConnector,
  signal: AbortSignal,
): Promise<Stepped<TriedFile>> {
  const { files, unusable } = await site.list(connector.site.folder, signal);
  const isWanted = toFileFilter(connector.site);
  const newest = files.toSorted((a, b) => b.modifiedAt - a.modifiedAt);
  const matching = newest.filter(({ path }) => isWanted(path));
  const details = {
    files: files.length,
    matching: matching.length,
    unusable,
    firstNames: toNames(matching),
    otherNames: toNames(newest.filter(({ path }) => !isWanted(path))),
  };
  const told = { outcome: "ok" as const, message: tellCount(files.length, matching.length, unusable), details };
  return { told, next: matching[0] };
}

function toNames(files: readonly SiteEntry[]): string[] {
  return files.slice(0, mostNames).map(({ path }) => posix.basename(path));
}

function tellCount(files: number, matching: number, unusable: number): string {
  const rest =
    unusable === 0
      ? ""
      : ` Besides, ${count(unusable, "entry", "entries")} cannot be fetched by anybody: ask the site's operator.`;
  if (files === 0) return `The folder is there and is empty.${rest}`;
  if (matching === 0) {
    return `The folder has ${count(files, "file", "files")}, and the patterns take none of them. Look at the patterns.${rest}`;
  }
  return `The folder has ${count(files, "file", "files")}, of which the patterns take ${matching}.${rest}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
