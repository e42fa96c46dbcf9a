/**
 * A path whose inserted parts are encoded: graphPath`/users/${upn}/mailFolders`. The Graph client encodes nothing, and
 * the `#EXT#` in a guest's name would cut the rest of the path off.
 */
export function graphPath(fixed: TemplateStringsArray, ...parts: readonly string[]): string {
  return fixed.map((text, i) => text + encodeURIComponent(parts[i] ?? "")).join("");
}

/** A string literal of an OData filter: quoted, quotes in it doubled (OData 4.01 URL conventions, 5.1.1.14.1). */
export function odataString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
