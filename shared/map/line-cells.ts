/**
 * A line's cells (RFC 4180, with blanks around quotation marks); undefined when its quotation marks cannot be read. It takes
 * time by the line's length alone: an upload may have millions of lines, and all that runs beside it waits for them.
 */
export function toCells(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(",");
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const start = skipBlanks(line, at);
    const end = line[start] === '"' ? skipBlanks(line, endOfQuoted(line, start)) : endOfPlain(line, start);
    if (end < line.length && line[end] !== ",") return undefined;
    const text = line.slice(start, skipBlanksBack(line, end));
    if (end > line.length) return undefined;
    cells.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
    at = end + 1;
  }
  return cells;
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (isBlank(line[at])) at += 1;
  return at;
}

function skipBlanksBack(line: string, from: number): number {
  let at = from;
  while (isBlank(line[at - 1])) at -= 1;
  return at;
}

/** Of ASCII only: a no-break space is the last byte of an à. */
function isBlank(char: string | undefined): boolean {
  return char === " " || char === "\t" || char === "\f";
}

/** Behind the closing mark; behind the line's end when there is none. */
function endOfQuoted(line: string, open: number): number {
  let at = open + 1;
  while (at < line.length) {
    if (line[at] !== '"') at += 1;
    else if (line[at + 1] === '"') at += 2;
    else return at + 1;
  }
  return line.length + 1;
}

/** A quotation mark ends it, too: there it does not belong. */
function endOfPlain(line: string, from: number): number {
  let at = from;
  while (at < line.length && line[at] !== "," && line[at] !== '"') at += 1;
  return at;
}
