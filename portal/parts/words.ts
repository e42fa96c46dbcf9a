import { texts } from "../texts.ts";

/** A static word of the pipeline as a sentence's part; one that is not known is shown as it is. */
export function toReasonText(reason: string): string {
  const known: Readonly<Record<string, string>> = texts.words.reason;
  const blocked = /^blocked:\s*(.+)$/.exec(reason)?.[1];
  if (blocked !== undefined) return texts.words.blocked(toReasonText(blocked));
  return known[reason] ?? reason;
}

/** Why an item has failed. */
export function toFailureText(reason: string): string {
  const known: Readonly<Record<string, string>> = texts.words.failure;
  return known[reason] ?? toReasonText(reason);
}
