import { toSafeCell } from "../store/safe-cell.ts";
import { type MappingEntry, mappingColumns } from "./mapping-line.ts";

/** A mapping file as it is downloaded: the current entries, or with none the template. Can be uploaded again as it is. */
export function toMappingCsv(entries: Iterable<Pick<MappingEntry, "imId" | "mailbox">>): string {
  const lines = [mappingColumns.join()];
  for (const { imId, mailbox } of entries) lines.push(`${toSafeCell(imId)},${toSafeCell(mailbox)}`);
  return `${lines.join("\r\n")}\r\n`;
}
