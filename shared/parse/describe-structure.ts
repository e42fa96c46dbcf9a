import { firstLine, missingColumns, sniffDelimiter, splitHeader, toColumns } from "./flat-columns.ts";
import { rootElementOf } from "./root-element.ts";

const askForZip = "; ask for .zip, .tar.gz or the bare file";

/** How files begin that are sent in place of chats: bytes, and where they stand. */
const signatures: readonly (readonly [start: string, meaning: string, at?: number])[] = [
  ["504b0304", "a zip archive inside of which nothing was looked for"],
  ["1f8b", "gzip data that was not expanded"],
  ["377abcaf271c", `a 7-Zip archive${askForZip}`],
  ["526172211a07", `a RAR archive${askForZip}`],
  ["fd377a585a00", `xz data${askForZip}`],
  ["425a68", `bzip2 data${askForZip}`],
  ["28b52ffd", `zstd data${askForZip}`],
  ["7573746172", "a tar archive that is not gzipped; ask for .tar.gz", 257],
  ["25504446", "a PDF document"],
  ["d0cf11e0a1b11ae1", "an Office or Outlook file"],
  ["2142444e", "an Outlook data file (PST)"],
  ["53514c69746520666f726d6174", "an SQLite database"],
];

/** A root element's name is structure, but a hostile one could be a page long. */
const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;

/**
 * Tells what a file of no known format looks like, by structure alone: the kind, the root element's name, the number
 * of columns; never a word of its content, because this goes to logs and reports.
 */
export function describeStructure(head: Uint8Array, text: string): string {
  const start = Buffer.from(head.subarray(0, 512));
  const signature = signatures.find(([bytes, , at = 0]) => start.subarray(at).toString("hex").startsWith(bytes));
  if (signature !== undefined) return `it is ${signature[1]}`;
  if (text.startsWith("-----BEGIN PGP")) return "it is still PGP-encrypted; check the connector's encryption setting";
  const root = rootElementOf(text);
  if (root !== undefined) {
    return `it is XML with the root element ${plainName.test(root) ? root : "(no plain name)"}, which no profile knows`;
  }
  if (/^\s*[[{]/.test(text)) return "it looks like JSON, for which there is no profile yet";
  if (text.includes("\0")) return "it is binary";
  return describeTable(firstLine(text) ?? text);
}

function describeTable(line: string): string {
  const delimiter = sniffDelimiter(line);
  const header = splitHeader(line, delimiter);
  const missing = missingColumns(toColumns(header)).join(", ");
  return `it is text whose first line has ${header.length} columns, but not ${missing}; if they have other names, give these in the connector's fieldNames`;
}
