import type { Scope } from "./reprocess.tsx";

/** Which parts of a drop can be reprocessed. */
export type ScopeType = Scope["type"];

/** What was typed, one a line, as a scope; undefined as long as nothing is named. The API says what it does not know. */
export function toScope(type: ScopeType, text: string): Scope | undefined {
  if (type === "drop") return { type };
  const named = text.split(/[\s,;]+/).filter((word) => word !== "");
  if (named.length === 0) return undefined;
  if (type === "files") return { type, files: named };
  if (type === "items") return { type, keys: named };
  const addresses = named.filter((word) => word.includes("@"));
  return { type, mailboxes: named.filter((word) => !word.includes("@")), addresses };
}
