const tab = 0x09;
const lineFeed = 0x0a;

/** A line of `routed`, cut but not parsed: the item's JSON is never read in the fan-out. */
export interface RoutedLine {
  /** The mailboxes as they stand there, with commas. */
  readonly mailboxes: string;
  readonly chatDay: string;
  /** From the first tab to the line feed, both included. A view: copy it. */
  readonly tail: Buffer;
}

/** Cuts a block of whole lines. @throws Error when a line has not its two tabs */
export function* cutRoutedLines(block: Buffer): Generator<RoutedLine> {
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf(lineFeed, at) + 1;
    const first = block.indexOf(tab, at);
    const second = block.indexOf(tab, first + 1);
    if (end === 0 || first < 0 || second < 0 || second >= end) throw new Error("a routed line without its two tabs");
    const mailboxes = block.toString("latin1", at, first);
    yield { mailboxes, chatDay: block.toString("latin1", first + 1, second), tail: block.subarray(first, end) };
    at = end;
  }
}
