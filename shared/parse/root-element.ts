const prolog = /^\s*(?:<\?(?:[^?]|\?(?!>))*\?>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*/;

/** The local name of a document's root element, from its beginning; undefined when it begins otherwise. */
export function rootElementOf(head: string): string | undefined {
  const rest = head.slice(prolog.exec(head)?.[0].length ?? 0);
  return /^<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]/.exec(rest)?.[1];
}

/** Whether a document begins with a DOCTYPE (after declaration, comments and space). */
export function hasDoctype(head: string): boolean {
  return /^<!DOCTYPE/i.test(head.slice(prolog.exec(head)?.[0].length ?? 0));
}

/**
 * Whether a text that ends here may have been going to be XML: it breaks off in the declaration, a comment, or the root's
 * opening tag.
 */
export function isBegunXml(head: string): boolean {
  const rest = head.slice(prolog.exec(head)?.[0].length ?? 0);
  const isBegun = /^<(?:\?|!--)/.test(rest) || /^<(?:[\w.-]+:)?[\w.-]*$/.test(rest);
  return isBegun || (rest === "" && /<\?xml\s/.test(head)) || "<!--".startsWith(rest || "x");
}
