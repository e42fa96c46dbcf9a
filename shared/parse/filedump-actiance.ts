import type { ParsedRecord } from "../chat/chat-item.ts";
import { ActianceConversation, type ActianceEvent, actianceEvents } from "./actiance-conversation.ts";
import { decodeText } from "./decode-text.ts";
import { EventFields } from "./event-fields.ts";
import { People } from "./people.ts";
import type { ParseContext, Profile } from "./profile.ts";
import { RecordQueue } from "./record-queue.ts";
import { rootElementOf } from "./root-element.ts";
import { UnparsableFile } from "./unparsable-file.ts";
import type { XmlPath } from "./xml-path.ts";
import { XmlReader, type XmlSink } from "./xml-reader.ts";

/** `FileDump` as Microsoft publishes it for Skype for Business and Mattermost writes it (docs/formats.md). */
export const filedumpActiance = {
  name: "filedump-actiance",

  recognises(head: string): boolean {
    return rootElementOf(head) === "FileDump" && !describesPeopleByUser.test(head);
  },

  parse(bytes: AsyncIterable<Uint8Array>, context: ParseContext): AsyncIterable<ParsedRecord> {
    const queue: ParsedRecord[] = [];
    const reader = new XmlReader(context.limits, knownNames, (path) => new ActianceSink(path, context, queue));
    return new RecordQueue(queue, decodeText(bytes), reader);
  },
} as const satisfies Profile;

/** The other FileDump, of Instant Bloomberg, has its people in User elements. */
const describesPeopleByUser = /<(?:\w+:)?User>\s*<(?:\w+:)?LoginName/;
const [rootDepth, conversationDepth, eventDepth, fieldDepth] = [1, 2, 3, 4];
const conversationFields = ["RoomID", "StartTimeUTC", "EndTimeUTC"];
const isEvent = (name: string): name is ActianceEvent => actianceEvents.some((event) => event === name);

/**
 * Walks FileDump / Conversation / event / field. An unknown element that only holds text is skipped, since an event
 * has a sender and a time and so cannot be one; an unknown element with children or attributes may be a message of a
 * kind not known here, and skipping it would lose an item, so it stops the file.
 */
class ActianceSink implements XmlSink {
  readonly #path: XmlPath;
  readonly #context: ParseContext;
  readonly #queue: ParsedRecord[];
  readonly #people = new People();
  #items = 0;
  #conversation: ActianceConversation | undefined;
  #conversationSeen = new Set<string>();
  /** Fields of the event being read; undefined outside of one. */
  #fields: Map<string, string> | undefined;
  /** Text of the field being read; undefined where no text belongs. */
  #text: string | undefined;
  #isUnknown = false;

  constructor(path: XmlPath, context: ParseContext, queue: ParsedRecord[]) {
    this.#path = path;
    this.#context = context;
    this.#queue = queue;
  }

  open(name: string, attributes: number): void {
    if (this.#text !== undefined || this.#path.depth > fieldDepth) this.#failUnknown();
    if (this.#path.depth === rootDepth) this.#openRoot(name);
    else if (this.#path.depth === conversationDepth) this.#openConversation(name, attributes);
    else if (this.#path.depth === eventDepth) this.#openEvent(name, attributes);
    else this.#openField(name, attributes);
  }

  text(text: string): void {
    if (this.#text === undefined) {
      if (!isSpace(text)) this.#failText();
      return;
    }
    if (this.#text.length + text.length > this.#context.limits.textLength) this.#failTooLong();
    this.#text += text;
  }

  close(name: string): void {
    if (this.#isUnknown) this.#isUnknown = false;
    else if (this.#path.depth === fieldDepth) this.#fields?.set(name, this.#text ?? "");
    else if (this.#path.depth === eventDepth) this.#closeEvent(name);
    else if (this.#path.depth === conversationDepth) this.#closeConversation();
    this.#text = undefined;
  }

  #openRoot(name: string): void {
    if (name === "FileDump") return;
    throw new UnparsableFile("unknown-format", this.#path.place, "the root element is not FileDump");
  }

  #openConversation(name: string, attributes: number): void {
    if (name !== "Conversation") {
      this.#openUnknown(attributes);
      return;
    }
    const emit = (record: ParsedRecord) => this.#queue.push(record);
    this.#conversation = new ActianceConversation(this.#context, this.#people, emit, () => this.#nextPosition());
    this.#conversationSeen = new Set();
  }

  #openEvent(name: string, attributes: number): void {
    if (isEvent(name)) {
      this.#fields = new Map();
      return;
    }
    if (!conversationFields.includes(name)) {
      this.#openUnknown(attributes);
      return;
    }
    if (this.#conversationSeen.has(name)) this.#failRepeated();
    this.#conversationSeen.add(name);
    this.#text = "";
  }

  #openField(name: string, attributes: number): void {
    if (this.#fields === undefined) this.#failUnknown();
    if (!usedFields.has(name)) this.#openUnknown(attributes);
    else if (this.#fields.has(name)) this.#failRepeated();
    else this.#text = "";
  }

  #openUnknown(attributes: number): void {
    if (attributes > 0) this.#failUnknown();
    this.#isUnknown = true;
    this.#text = "";
  }

  #closeEvent(name: string): void {
    const fields = this.#fields ?? new Map([[name, this.#text ?? ""]]);
    this.#fields = undefined;
    if (isEvent(name)) this.#conversation?.add(name, new EventFields(fields, this.#path, "innermost"));
    else this.#conversation?.describe(name, new EventFields(fields, this.#path, "parent"));
  }

  #closeConversation(): void {
    this.#conversation?.close(new EventFields(new Map(), this.#path, "innermost"));
    this.#conversation = undefined;
  }

  #nextPosition(): number {
    const { items } = this.#context.limits;
    if (this.#items < items) return this.#items++;
    throw new UnparsableFile("too-many", this.#path.place, `more than ${items} items in one file; have it split`);
  }

  #failUnknown(): never {
    const problem =
      "an element that is not part of this format has content of its own, which may be a message; " +
      "nothing of the file is imported, so that none is lost: this export needs another profile";
    throw new UnparsableFile("unknown-element", this.#path.place, problem);
  }

  #failRepeated(): never {
    throw new UnparsableFile("repeated-field", this.#path.place, "an element that may come once comes twice");
  }

  #failText(): never {
    const problem = "text where only elements belong, which may be part of a message";
    throw new UnparsableFile("unexpected-text", this.#path.place, problem);
  }

  #failTooLong(): never {
    const { textLength } = this.#context.limits;
    throw new UnparsableFile("too-long", this.#path.place, `a text is longer than ${textLength} characters`);
  }
}

/** Between elements there is nothing but indentation, a million times a day. */
function isSpace(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code !== 0x20 && code !== 0x0a && code !== 0x09) return !/\S/.test(text);
  }
  return true;
}

const usedFields = new Set([
  ...["LoginName", "CorporateEmailID", "DateTimeUTC", "UpdatedType", "UpdatedDateTimeUTC", "EditedNewMsgId"],
  ...["MessageId", "Content", "FileName", "UserFileName", "Status"],
]);
const knownNames = new Set(["FileDump", "Conversation", ...conversationFields, ...actianceEvents, ...usedFields]);
