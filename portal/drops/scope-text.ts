import type { GenerationEntry } from "../../shared/api/contract/drops.ts";
import { toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";

/** What a generation deals with: the whole drop, or "One file of it". */
export function toScopeText({ scope = "drop", scopeCount }: Pick<GenerationEntry, "scope" | "scopeCount">): string {
  const { words } = texts;
  if (scope === "drop" || scopeCount === undefined) return words.scope[scope];
  return scopeCount === 1 ? words.partOfOne[scope] : words.partOf[scope](toNumberText(scopeCount));
}
