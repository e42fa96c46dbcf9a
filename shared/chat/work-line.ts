import { type ChatLine, chatLine } from "./chat-item.ts";
import { type ChatDay, chatDay, type FileId, fileId } from "./identifiers.ts";

/**
 * Lines of `routed` and `work`. The item's JSON is passed on byte for byte from `chats`, so that the fan-out never
 * parses or writes it again:
 *
 *     routed: {mailbox,mailbox,...} TAB {chatDay} TAB {ChatLine JSON}
 *     work:   {file} TAB {chatDay} TAB {ChatLine JSON}      (grouped by chatDay, ascending)
 */
export interface WorkLine {
  readonly file: FileId;
  readonly chatDay: ChatDay;
  readonly item: ChatLine;
}

/** Reads one line of a work blob. @throws ZodError when it is not one. */
export function parseWorkLine(line: string): WorkLine {
  const [file, day, ...json] = line.split("\t");
  return { file: fileId.parse(file), chatDay: chatDay.parse(day), item: chatLine.parse(JSON.parse(json.join("\t"))) };
}
