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
