/** What makes a spreadsheet take a cell for a formula, perhaps behind quotation marks of ours. */
const formulaStart = /^'*[=+\-@\t\r]/;
const safeFormulaStart = /^'+[=+\-@\t\r]/;

/**
 * A cell that a spreadsheet shows and does not run: an ImId is chosen by people outside, and `=HYPERLINK(...)` would run
 * on the admin's machine. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function toSafeCell(text: string): string {
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Takes the mark of `toSafeCell` off again, so that a downloaded mapping can be uploaded as it is. */
export function fromSafeCell(cell: string): string {
  return safeFormulaStart.test(cell) ? cell.slice(1) : cell;
}
