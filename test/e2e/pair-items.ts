import type { ExpectedItem } from "../../local/sample/expected.ts";
import { compareItem, type FieldDifference } from "./compare-item.ts";
import type { ExportedMessage } from "./exported-mailboxes.ts";

/** An item and the message that is meant to be it. */
export interface Pair {
  readonly item: ExpectedItem;
  readonly message: ExportedMessage;
  readonly differences: readonly FieldDifference[];
}

/** What a mailbox's items and messages come to. */
export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly missing: readonly ExpectedItem[];
  readonly extra: readonly ExportedMessage[];
}

/** Items that differ in more fields than this are strangers: one is missing, the other one is too much. */
const mostDifferences = 4;
/** So many messages of another time are looked at for an item that has none of its own second: all, in any real fault but a total one. */
const mostLookedAt = 200;

/**
 * Finds each item's message: first those that are right in every field, then, among the rest, the ones most alike, so
 * that a wrong field is told as one and not as a missing and an extra item.
 */
export function pairItems(items: readonly ExpectedItem[], messages: readonly ExportedMessage[]): Pairing {
  const pairs: Pair[] = [];
  const byTime = Map.groupBy(messages, ({ sentDateTime }) => toSecond(Date.parse(sentDateTime ?? "")));
  const free = new Set(messages);
  const rest: ExpectedItem[] = [];
  for (const item of items) {
    const candidates = (byTime.get(toSecond(item.sentAt)) ?? []).filter((message) => free.has(message));
    const message = candidates.find((candidate) => compareItem(item, candidate).length === 0);
    if (message === undefined) {
      rest.push(item);
      continue;
    }
    free.delete(message);
    pairs.push({ item, message, differences: [] });
  }
  const missing = rest.filter((item) => {
    const near = (byTime.get(toSecond(item.sentAt)) ?? []).filter((message) => free.has(message));
    const best = toLikest(item, near.length > 0 ? near : [...free].slice(0, mostLookedAt));
    if (best === undefined) return true;
    free.delete(best.message);
    pairs.push(best);
    return false;
  });
  return { pairs, missing, extra: [...free] };
}

function toLikest(item: ExpectedItem, messages: Iterable<ExportedMessage>): Pair | undefined {
  let best: Pair | undefined;
  for (const message of messages) {
    const differences = compareItem(item, message);
    if (differences.length < (best?.differences.length ?? mostDifferences + 1)) best = { item, message, differences };
  }
  return best;
}

function toSecond(at: number): number {
  return Math.floor(at / 1000);
}
