import { firstLine, missingColumns, sniffDelimiter, splitHeader, toColumns } from "./flat-columns.ts";
import { rootElementOf } from "./root-element.ts";

const signatures: readonly (readonly [bytes: readonly number[], meaning: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive inside of which nothing was looked for"],
  [[0x1f, 0x8b], "gzip data that was not expanded"],
  [[0x25, 0x50, 0x44, 0x46], "a PDF document"],
];

/** A root element's name is structure, but a hostile one could be a page long. */
const plainName = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;

/**
 * Tells what a file of no known format looks like, by structure alone: the kind, the root element's name, the number
 * of columns; never a word of its content, because this goes to logs and reports.
 */
export function describeStructure(head: Uint8Array, text: string): string {
  const signature = signatures.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
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
