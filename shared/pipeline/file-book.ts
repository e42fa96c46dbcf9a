import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
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
