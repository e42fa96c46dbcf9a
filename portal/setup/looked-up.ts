import type { FileCheck } from "../../shared/api/contract/mapping.ts";

/** What the directory says of a file's addresses. */
export type LookedUp = FileCheck["directory"];

/** What two calls have found, the second of which went on where the first had ended. */
export function mergeLookedUp(first: LookedUp, second: LookedUp): LookedUp {
  return {
    ...second,
    asked: first.asked + second.asked,
    faults: [...first.faults, ...second.faults].sort((a, b) => a.line - b.line),
  };
}
