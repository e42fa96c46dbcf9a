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

/** One line of it: every run of white space is one space. */
export function toMailLine(text: string): string {
  return toMailText(text)
    .text.replace(/[\s\u0085]+/g, " ")
    .trim();
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
  return `${line.slice(0, end).trimEnd()}…`;
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
