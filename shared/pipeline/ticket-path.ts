import { type DropId, dropId, type FileId, fileId } from "../chat/identifiers.ts";

/** What a ticket's path says. */
export interface TicketPath {
  readonly drop: DropId;
  readonly gen: number;
  readonly file: FileId;
}

/** Reads `released/{drop}/{gen}/{file}.json`. @throws ZodError */
export function parseTicketPath(path: string): TicketPath {
  const [drop, gen, file] = path
    .replace(/^released\//, "")
    .replace(/\.json$/, "")
    .split("/");
  return { drop: dropId.parse(drop), gen: Number(gen), file: fileId.parse(file) };
}
