import { person, word } from "../hostile-case.ts";

/** When the messages of hostile files are sent: 2026-06-03T13:05:06Z. */
export const sentAt = 1780491906;

/** People whom the directory knows. */
export const ann = "ann@acme.example";
export const bob = "bob@acme.example";

/** A join, as `filedump-actiance` has it. */
export function joined(login: string, at: number | string = sentAt - 60): string {
  return `<ParticipantEntered><LoginName>${login}</LoginName><DateTimeUTC>${at}</DateTimeUTC></ParticipantEntered>`;
}

/** A message by ann. `content` is XML. */
export function message(content = `${word} text`, at: number | string = sentAt, login = ann): string {
  return `<Message><LoginName>${login}</LoginName><DateTimeUTC>${at}</DateTimeUTC><Content>${content}</Content></Message>`;
}

/** A conversation in which ann and bob are. */
export function conversation(events: string, room = `${word} room`): string {
  return `<Conversation Perspective="${word}"><RoomID>${room}</RoomID>${joined(ann)}${joined(bob)}${joined(`${person}@other.example`)}${events}</Conversation>`;
}

/** A whole file of these events. */
export function fileDump(events: string = message(), prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'): string {
  return `${prolog}<FileDump>${conversation(events)}</FileDump>`;
}
