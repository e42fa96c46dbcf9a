import type { ConnectorName, SiteDay } from "../chat/identifiers.ts";
import type { BlobPath, Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { listDocuments, readDocument } from "../store/state-document.ts";
import { BrokenState } from "./broken-state.ts";
import type { DropState } from "./drop-state.ts";
import { type FileState, fileState } from "./file-state.ts";

/** The listed files of a drop, in the order of its list. A file whose record is missing is an error: nothing may get lost. */
export async function readFiles(blobs: Blobs, drop: DropState): Promise<FileState[]> {
  return await Promise.all(
    drop.files.map(async (id) => {
      const found = await readDocument(blobs, paths.file(drop.connector, drop.siteDay, id), fileState);
      if (found === undefined)
        throw new BrokenState(`The record of file ${id} of drop ${drop.id} is missing from state/file.`);
      return found.value;
    }),
  );
}

/** All files of a connector's site day that were ever seen, one at a time: an archive's record can be megabytes. */
export async function* listFiles(blobs: Blobs, connector: ConnectorName, day: SiteDay): AsyncIterable<FileState> {
  const prefix: BlobPath = `${paths.files(connector)}${day}/`;
  for await (const { value } of listDocuments(blobs, prefix, fileState)) yield value;
}
