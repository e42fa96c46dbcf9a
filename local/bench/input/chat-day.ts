import { chatterLine } from "../../sample/chatter.ts";
import { Random } from "../../sample/random.ts";

/** A day of chats to be measured with. */
export interface ChatDay {
  readonly messages: number;
  /** People of ours, numbered from 0, each with a mailbox. */
  readonly mailboxes: number;
}

/** One message of the day. */
export interface ChatMessage {
  /** Number of its conversation. */
  readonly conversation: number;
  readonly number: number;
  readonly at: number;
  readonly from: number;
  /** The other two. */
  readonly to: readonly [number, number];
  readonly text: string;
}

const messagesEach = 20;
const startsAt = Date.UTC(2026, 5, 3, 6);
const dayInMs = 14 * 3600 * 1000;
/** So that 200,000 messages of `filedump-actiance` come to about 119 MB. */
const linesEach = 9;

/** Address of a person. */
export function toAddress(person: number): string {
  return `${toLogin(person)}@contoso.example`;
}

/** Identity of a person. */
export function toLogin(person: number): string {
  return `trader${String(person).padStart(5, "0")}`;
}

/** Conversations of the day. */
export function countConversations({ messages }: ChatDay): number {
  return Math.ceil(messages / messagesEach);
}

/** The three people of a conversation: all pairs of the firm meet in the end. */
export function peopleOf({ mailboxes }: ChatDay, conversation: number): readonly [number, number, number] {
  const first = conversation % mailboxes;
  const step = 1 + ((Math.floor(conversation / mailboxes) * 7) % Math.max(1, Math.floor((mailboxes - 1) / 3)));
  return [first, (first + step) % mailboxes, (first + 2 * step) % mailboxes];
}

/** The messages conversation by conversation, as a format of conversations has them. */
export function* listByConversation(day: ChatDay): Generator<ChatMessage> {
  const texts = makeTexts();
  const conversations = countConversations(day);
  for (let conversation = 0; conversation < conversations; conversation += 1) {
    for (let number = 0; number < messagesEach; number += 1) {
      const nth = number * conversations + conversation;
      if (nth < day.messages) yield toMessage(day, texts, conversation, number, nth);
    }
  }
}

/** The same messages by time, all conversations of the day mixed: what a flat file in order of time has. */
export function* listByTime(day: ChatDay): Generator<ChatMessage> {
  const texts = makeTexts();
  const conversations = countConversations(day);
  for (let nth = 0; nth < day.messages; nth += 1) {
    yield toMessage(day, texts, nth % conversations, Math.floor(nth / conversations), nth);
  }
}

function toMessage(
  day: ChatDay,
  texts: readonly string[],
  conversation: number,
  number: number,
  nth: number,
): ChatMessage {
  const people = peopleOf(day, conversation);
  const turn = number % 3;
  const [from = 0, ...others] = [...people.slice(turn), ...people.slice(0, turn)];
  const [second = 0, third = 0] = others;
  const at = startsAt + Math.floor((nth * dayInMs) / day.messages);
  // Numbers make no two texts the same, so that they compress as chats do and not as copies.
  const text = `${texts[nth % texts.length] ?? ""} #${nth}`;
  return { conversation, number, at, from, to: [second, third], text };
}

/** Chatter, the same each time. A prime many: repeats are far apart. */
function makeTexts(): readonly string[] {
  const random = new Random("bench");
  return Array.from({ length: 9_973 }, () =>
    Array.from({ length: random.int(1, 2 * linesEach - 1) }, () => chatterLine(random)).join(". "),
  );
}
