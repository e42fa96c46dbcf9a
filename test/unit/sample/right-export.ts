import type { ExpectedItem } from "../../../local/sample/expected.ts";
import { toFileBytes } from "../../../local/sample/file-bytes.ts";
import { generateDrop } from "../../../local/sample/generate-drop.ts";
import { SampleDay } from "../../../local/sample/sample-day.ts";
import type { ExportedMessage } from "../../e2e/exported-mailboxes.ts";
import { toMessageByHand } from "./exported-by-hand.ts";

/** A message that a test may spoil. */
export type MutableMessage = { -readonly [K in keyof ExportedMessage]: ExportedMessage[K] };
type Export = Record<string, Record<string, MutableMessage[]>>;

/** A small sample. */
export const drop = generateDrop({ messages: 260 });
/** What must be in its mailboxes. */
export const expected = drop.expected.mailboxes();
const files = new Map(
  [...new SampleDay(drop.options).conversations()].flatMap(({ play }) =>
    play().entries.flatMap(({ file }) => (file === undefined ? [] : [[file.name, toFileBytes(file)] as const])),
  ),
);

/** Its mailboxes as they must be, new each time. */
export function exportRight(): Export {
  return Object.fromEntries(
    [...expected].map(([user, items]) => [
      user,
      { "ICE Chat": items.map((item, i) => toMessage(item, `${user}-${i}`)) },
    ]),
  );
}

function toMessage(item: ExpectedItem, key: string): MutableMessage {
  return toMessageByHand(item, key, (name) => files.get(name) ?? Buffer.alloc(0));
}

/** The first mailbox that has an item of this sort, and that item's message. @throws Error when there is none */
export function find(
  exported: Export,
  isIt: (item: ExpectedItem) => boolean,
): { user: string; message: MutableMessage } {
  for (const [user, items] of expected) {
    const message = exported[user]?.["ICE Chat"]?.[items.findIndex(isIt)];
    if (message !== undefined) return { user, message };
  }
  throw new Error("the sample has no such item");
}

/** An everyday message to several people. */
export const isPlain = ({ kind, text, recipients }: ExpectedItem): boolean =>
  kind === "message" && text.length > 14 && recipients.length > 1 && !text.includes("\n");
