/**
 * What Exchange cannot carry, because its store speaks XML 1.0 (section 2.2, Char): controls but tab, line ends and C1,
 * two noncharacters, and halves of surrogate pairs.
 */
const uncarriable = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]|\p{Cs}/gu;

/** Text as a mail can carry it: LF line ends, and U+FFFD for each of the `replaced` characters that it cannot. */
export function toMailText(text: string): { readonly text: string; readonly replaced: number } {
  let replaced = 0;
  const carried = text.replace(/\r\n?/g, "\n").replace(uncarriable, () => {
    replaced += 1;
    return "\ufffd";
  });
  return { text: carried, replaced };
}

/**
 * One line of it, fit for a header: every run of white space is one space, the controls that are left (DEL and C1) are
 * U+FFFD, and no change of the reading direction goes on behind it.
 */
export function toMailLine(text: string): string {
  const line = toMailText(text)
    .text.replace(/[\s\u0085]+/g, " ")
    .replace(/[\u007f-\u009f]/g, "\ufffd")
    .trim();
  return endDirections(line);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Cuts to at most `length` UTF-16 units with an ellipsis, never inside what a reader sees as one character. */
export function cutLine(line: string, length: number): string {
  if (line.length <= length) return line;
  let end = 0;
  for (const { index, segment } of graphemes.segment(line.slice(0, length + 64))) {
    if (index + segment.length > length - 1) break;
    end = index + segment.length;
  }
  const cut = endDirections(`${line.slice(0, end).trimEnd()}…`);
  // What ends the directions takes room as well: about as much as what began them.
  return cut.length <= length ? cut : cutLine(line, Math.min(length, end) - (cut.length - length) + 1);
}

const changesDirection = /[\u202a-\u202e\u2066-\u2069]/;
const [endOfEmbedding, endOfIsolate] = ["\u202c", "\u2069"];

/**
 * Ends what a text began and did not end of embeddings, overrides and isolates (Unicode Standard Annex 9, 3.3.2): else a
 * name could turn round the address behind it.
 */
function endDirections(text: string): string {
  if (!changesDirection.test(text)) return text;
  const open: string[] = [];
  for (const character of text) {
    if (/[\u202a\u202b\u202d\u202e]/.test(character)) open.push(endOfEmbedding);
    else if (/[\u2066-\u2068]/.test(character)) open.push(endOfIsolate);
    else if (character === endOfEmbedding && open.at(-1) === endOfEmbedding) open.pop();
    else if (character === endOfIsolate && open.includes(endOfIsolate)) open.length = open.lastIndexOf(endOfIsolate);
  }
  return text + open.reverse().join("");
}

/** Escapes for HTML's text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
