import { decodeHead } from "./decode-text.ts";
import { describeStructure } from "./describe-structure.ts";
import { filedumpActiance } from "./filedump-actiance.ts";
import { flatCsv } from "./flat-csv.ts";
import type { FieldNames, Profile } from "./profile.ts";
import { hasDoctype, isBegunXml } from "./root-element.ts";
import { UnparsableFile } from "./unparsable-file.ts";

/** Every format that can be read; a file is taken for the first that recognises it. */
export const profiles = [filedumpActiance, flatCsv] as const;

/** Bytes of a file's beginning that detectProfile wants, unless the file is shorter. */
export const headLength = 64 * 1024;

/** The profile of this name. */
export function profileNamed(name: string): Profile {
  const found = profiles.find((profile) => profile.name === name);
  if (found === undefined) throw new RangeError("no such profile");
  return found;
}

/**
 * The profile of a file that begins so (headLength bytes, or the whole of a shorter file).
 * @throws UnparsableFile `empty-file`, `doctype`, `unsupported-charset`, or `unknown-format` with what the file looks like
 */
export function detectProfile(head: Uint8Array, fieldNames?: FieldNames): Profile {
  const place = { offset: 0, path: "" };
  const text = head.length === 0 ? "" : decodeHead(head);
  // A file that is longer than what was looked at may begin with a lot of space.
  if (text.trim() === "" && head.length < headLength) {
    const problem = head.length === 0 ? "the file is empty" : "the file is empty but for space";
    throw new UnparsableFile("empty-file", place, `${problem}; fetch it again, or ask for it`);
  }
  if (hasDoctype(text)) {
    throw new UnparsableFile("doctype", place, "a DOCTYPE is not accepted; ask for the export without one");
  }
  const found = profiles.find((profile) => profile.recognises(text, fieldNames));
  if (found !== undefined) return found;
  if (head.length < headLength && isBegunXml(text)) {
    const problem = "the file begins like XML and ends before its root element: it was cut; ask for it again";
    throw new UnparsableFile("truncated", { offset: head.length, path: "" }, problem);
  }
  const known = profiles.map(({ name }) => name).join(" and ");
  const problem = `no known format: ${describeStructure(head, text)}. Known are ${known}, see docs/formats.md`;
  throw new UnparsableFile("unknown-format", place, problem);
}
