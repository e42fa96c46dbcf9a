/**
 * The address of a connector's mapping page with people to add filled in. They stand in the fragment, which browsers keep
 * to themselves: in a path or query they would get into the platform's logs.
 */
export function toMappingLink(connector: string, imIds: readonly string[] = []): string {
  const people = new URLSearchParams(imIds.map((imId) => ["imid", imId]));
  return `/connectors/${encodeURIComponent(connector)}/mapping${people.size === 0 ? "" : `#${people}`}`;
}

/** The people to add that an address names, each once. */
export function readMappingLink(fragment: URLSearchParams): readonly string[] {
  return [...new Set(fragment.getAll("imid").filter((imId) => imId.trim() !== ""))];
}
