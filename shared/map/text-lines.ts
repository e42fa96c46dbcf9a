/** A line of a text whose encoding is not known to be good: each character stands for one byte (Latin-1). */
export interface ByteLine {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

const lineEnd = /\r\n|\n|\r/;

/**
 * Cuts bytes into lines at LF, CR LF or CR (spreadsheets write all three). They are decoded later, line by line, so that
 * a file in a wrong encoding can be answered with the lines that are wrong.
 */
export async function* listTextLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ByteLine> {
  let line = 0;
  let open = "";
  for await (const piece of bytes) {
    open += Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString("latin1");
    // A CR at the very end may be half of a CR LF.
    const end = open.endsWith("\r") ? open.length - 1 : open.length;
    const lines = open.slice(0, end).split(lineEnd);
    open = (lines.pop() ?? "") + open.slice(end);
    for (const text of lines) yield { line: ++line, text };
  }
  for (const text of open.split(lineEnd)) yield { line: ++line, text };
}
