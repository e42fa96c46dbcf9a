/** Somebody to add to a mapping. */
export interface NewLine {
  readonly imId: string;
  readonly mailbox: string;
}

/** A mapping file without anybody in it. */
export const emptyMapping = "ImId,Mailbox\r\n";

/**
 * A mapping file with lines added. An ImId that a line names already is a line that contradicts it, and is refused when
 * the file is checked, so nobody's mailbox is changed in passing.
 */
export function withLines(csv: string, lines: readonly NewLine[]): string {
  const whole = csv === "" || /[\r\n]$/.test(csv) ? csv : `${csv}\r\n`;
  const added = lines.map(({ imId, mailbox }) => `${toSafeCell(imId.trim())},${toSafeCell(mailbox.trim())}\r\n`);
  return whole + added.join("");
}

/** As the app writes its own files (shared/store/safe-cell.ts): what a spreadsheet would run is marked as text. */
function toSafeCell(text: string): string {
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
