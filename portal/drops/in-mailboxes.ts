import type { OpenEquation } from "../../shared/api/contract/drop-words.ts";
import { toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";

/** How many of the items lie in their mailboxes: those that lay there before are among them. */
export function toInMailboxesText({ available, imported, partial, skipped }: Omit<OpenEquation, "open">): string {
  return texts.drops.of(toNumberText(imported + partial + skipped), toNumberText(available));
}
