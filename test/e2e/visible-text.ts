const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/**
 * What a reader sees of an HTML body: tags gone, entities read, `<br>` and the ends of blocks as line breaks. Other line
 * breaks are spaces, unless the body says that white space counts (`pre`).
 */
export function toVisibleText(html: string): string {
  const keepsBreaks = /pre-wrap|pre-line|<pre\b/i.test(html);
  const flat = keepsBreaks ? html : html.replaceAll(/(?:\r\n?|\n)+/g, " ");
  const broken = flat.replaceAll(/<br\s*\/?>|<\/(?:p|div|tr|li|h\d|table|ul|pre)>/gi, "\n");
  return toComparableText(unescapeHtml(broken.replaceAll(/<[^>]*>/g, " ")));
}

/** Text made comparable: NFC, LF line ends, one space for runs of white space in a line, no empty lines. */
export function toComparableText(text: string): string {
  const lines = text.normalize("NFC").split(/\r\n?|\n/);
  return lines
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter(Boolean)
    .join("\n");
}

function unescapeHtml(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/gi, (whole, hex, decimal, name) => {
    if (typeof hex === "string") return String.fromCodePoint(Number.parseInt(hex, 16));
    if (typeof decimal === "string") return String.fromCodePoint(Number(decimal));
    return entities[String(name).toLowerCase()] ?? whole;
  });
}
