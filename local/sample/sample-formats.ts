import type { Script } from "./sample-types.ts";
import { actiance } from "./write-actiance.ts";
import { flatCsv } from "./write-flat-csv.ts";

/** How the day's files of a format look and how conversations are written. A new format is one file and a line below. */
export interface SampleFormat {
  /** Whether it tells edits, deletions and file transfers that fail. */
  readonly hasEdits: boolean;
  /** Whether its records name the recipients; else those present get them. */
  readonly namesRecipients: boolean;
  /** What stands for the room's name. */
  roomOf(script: Script): string | undefined;
  /** The sorts of files that follow each other; the second of a split pair shares the first one's number. */
  readonly layout: readonly FileShape[];
  /** The text of one chat file, in pieces. */
  write(scripts: Iterable<Script>): Iterable<string>;
}

/** One sort of drop file. */
export interface FileShape {
  /** Ending of the drop file, without its point. */
  readonly ending: string;
  /** Ending of the chat file in the archive, when the drop file is one. */
  readonly inArchive?: string;
  /** 1 or 2: a part of a pair that the source has split at a size. */
  readonly part?: 1 | 2;
  /** Where bytes of files go in it. */
  readonly bytes: "beside" | "base64" | "not-in-drop";
  /** Begins with a byte order mark. */
  readonly hasMark?: boolean;
}

/** Formats that samples can be made in. */
export const sampleFormats = { "filedump-actiance": actiance, "flat-csv": flatCsv } as const satisfies Record<
  string,
  SampleFormat
>;

/** Name of a format that samples can be made in. */
export type FormatName = keyof typeof sampleFormats;

/** Whether a sample can be made in a format. */
export function isSampleFormat(name: string): name is FormatName {
  return Object.hasOwn(sampleFormats, name);
}
