import type { FormatName } from "./sample-formats.ts";

/** What a sample is made by; equal options give equal bytes. */
export interface SampleOptions {
  /** Chat items in all files together, repeats included: what the connector counts at its gate. */
  readonly messages: number;
  /** People of our firm who chat; at least 4. */
  readonly users: number;
  readonly seed: string;
  readonly format: FormatName;
  /** The day of the chats, YYYY-MM-DD in `zone`. The files come in the night after it. */
  readonly day: string;
  /** IANA zone of the connector. */
  readonly zone: string;
  /** Firm code; opens file names and ids. */
  readonly feed: string;
}

/** What a sample is when nothing else is asked for. */
export const defaultSample: SampleOptions = {
  messages: 500,
  users: 24,
  seed: "1",
  format: "filedump-actiance",
  day: "2026-06-03",
  zone: "Europe/London",
  feed: "ACME01",
};
