import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseMapping } from "../../shared/map/mapping.ts";
import { toMappingCsv } from "../../shared/map/mapping-csv.ts";
import { mappingFaultTexts } from "../../shared/map/mapping-line.ts";
import type { DirectoryUserInput } from "../graph/directory-file.ts";
import type { StartOptions } from "./options.ts";
import { WrongOption } from "./wrong-option.ts";

/** The mapping of a start. */
export interface MappingChoice {
  readonly csv: string;
  /** What is wrong with single lines, each with its number; they are left out, the others are taken. */
  readonly problems: readonly string[];
  /** A user for each mailbox that the mapping names: the directory of those who give none. */
  readonly usersNamed: readonly DirectoryUserInput[];
}

/**
 * Reads `--mapping FILE`, else takes the sample's, else an empty one. Bad lines are told and left out.
 * @throws WrongOption when its header is wrong: then no line can be trusted
 */
export async function readMapping(
  { mapping: path }: StartOptions,
  ofSample = toMappingCsv([]),
): Promise<MappingChoice> {
  const text = path === undefined ? Buffer.from(ofSample) : readFileSync(path);
  const first = await parseMapping([text]);
  const faults = first.isValid ? [] : first.faults;
  if (faults.some(({ reason }) => reason === "unknown-header")) {
    throw new WrongOption(`--mapping ${path}: ${mappingFaultTexts["unknown-header"]}.`);
  }
  const problems = [...faults, ...first.warnings].map(
    ({ line, column, reason, firstLine }) =>
      `mapping line ${line}${column === undefined ? "" : `, ${column}`}: ${mappingFaultTexts[reason]}` +
      `${firstLine === undefined ? "" : ` (line ${firstLine})`}; ${reason === "repeated" ? "it changes nothing" : "the line is left out"}`,
  );
  const sound = first.isValid
    ? first
    : await parseMapping([withoutLines(text, new Set(faults.map(({ line }) => line)))]);
  if (!sound.isValid) throw new WrongOption(`--mapping ${path}: cannot be read even without its bad lines.`);
  const entries = [...sound.mapping.entries.values()];
  const addresses = new Set(entries.map(({ mailbox }) => mailbox.toLowerCase()));
  return { csv: toMappingCsv(entries), problems, usersNamed: [...addresses].map(toUser) };
}

function withoutLines(text: Buffer, bad: ReadonlySet<number>): Buffer {
  const lines = text.toString("latin1").split(/\r\n|\r|\n/);
  return Buffer.from(lines.filter((_, i) => !bad.has(i + 1)).join("\n"), "latin1");
}

function toUser(address: string): DirectoryUserInput {
  const hash = createHash("sha256").update(address).digest("hex");
  const id = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join(
    "-",
  );
  return { id, userPrincipalName: address, mail: address, displayName: address };
}
