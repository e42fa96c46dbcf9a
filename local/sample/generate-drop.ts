import { type DropFile, toDropFiles } from "./drop-files.ts";
import { Expected } from "./expected.ts";
import { SampleDay } from "./sample-day.ts";
import { defaultSample, type SampleOptions } from "./sample-options.ts";
import type { DirectoryUser } from "./sample-types.ts";
import { dayAfter } from "./zone-day.ts";

/** A drop, what is known of its people, and what must become of it. */
export interface SampleDrop {
  readonly options: SampleOptions;
  /** The drop files in clear. */
  readonly files: readonly DropFile[];
  /** The site day of the files (YYYY-MM-DD in the zone): they come in the night after the chats. */
  readonly siteDay: string;
  /** The mapping CSV, header `ImId,Mailbox`. */
  readonly mapping: string;
  readonly directory: readonly DirectoryUser[];
  readonly expected: Expected;
}

/**
 * Makes a believable trading day of any size; nothing of it is kept in memory but the cast.
 *
 * @throws RangeError when the options make no sample
 */
export function generateDrop(options: Partial<SampleOptions> = {}): SampleDrop {
  const whole: SampleOptions = { ...defaultSample, ...options };
  const day = new SampleDay(whole);
  return {
    options: whole,
    files: toDropFiles(day),
    siteDay: dayAfter(whole.day),
    mapping: day.cast.mapping,
    directory: day.cast.directory,
    expected: new Expected(day),
  };
}
