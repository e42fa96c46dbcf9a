import type { ItemKind } from "../chat/chat-item.ts";
import type { DropId, FeedId } from "../chat/identifiers.ts";
import type { WorkLine } from "../chat/work-line.ts";
import type { LeftOut, Planned } from "./attachment-plan.ts";
import { toUtcTime, toZoneTime } from "./chat-time.ts";
import type { Correspondent, Correspondents } from "./correspondent.ts";
import { escapeHtml, toMailLine, toMailText } from "./mail-text.ts";

/** What an item's body is made of. */
export interface BodySource {
  readonly work: WorkLine;
  readonly people: Correspondents;
  readonly attachments: readonly Planned[];
  readonly drop: DropId;
  readonly feed: FeedId;
  readonly zone: string;
  /** Where the ciphertext lies. */
  readonly evidence: string | undefined;
  /** The text is cut after so many UTF-16 units; undefined: not. */
  readonly textLimit: number | undefined;
}

/** An item's body: everything that an investigator may ask or search for, escaped. */
export function toItemHtml(source: BodySource): string {
  const rows = [...toHead(source), ...toNotes(source)].map(([label, html]) => row(label, html)).join("\n");
  const parts = [
    `<html><head><meta charset="utf-8"></head><body style="font-family:Segoe UI,Arial,sans-serif;font-size:10.5pt">`,
    `<table style="border-collapse:collapse">\n${rows}\n</table>`,
    `<div style="margin:12pt 0">${toTextHtml(source)}</div>`,
    toAttachmentList(source),
    toFooter(source),
    "</body></html>",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

const kindWords: Readonly<Record<ItemKind, string>> = {
  message: "Message",
  edit: "Edit of an earlier message: the text below replaces it",
  delete: "Deletion of an earlier message",
  file: "File",
  disclaimer: "Disclaimer",
};

type Row = readonly [label: string, html: string];

function toHead({ work: { item }, people, zone }: BodySource): Row[] {
  const times = zone === "UTC" ? [toUtcTime(item.sentAt)] : [toUtcTime(item.sentAt), toZoneTime(item.sentAt, zone)];
  const recipients = people.recipients.map(toPersonHtml).join("<br>");
  return [
    ["From", toPersonHtml(people.sender)],
    [people.recipients.length > 1 ? `To (${people.recipients.length})` : "To", recipients || "(nobody)"],
    ["Sent", times.map(escapeHtml).join("<br>")],
    ...(item.room === undefined ? [] : [["Room", line(item.room)] satisfies Row]),
    ["Kind", kindWords[item.kind]],
    ...(item.refersTo === undefined ? [] : [["Refers to message", line(item.refersTo)] satisfies Row]),
  ];
}

function toNotes({ work: { item }, textLimit, evidence, drop }: BodySource): Row[] {
  const { text, replaced } = toMailText(item.text);
  const where = evidence ?? `the evidence of drop ${drop}`;
  const notes: string[] = [];
  if (item.isHistory) notes.push("Repeated from the conversation's history: it was delivered before.");
  if (replaced > 0)
    notes.push(`Characters that a mail cannot carry stand as \ufffd: ${replaced}. The original: ${where}.`);
  if (textLimit !== undefined && text.length > textLimit) {
    notes.push(`The text is cut: it has ${text.length} characters. The whole text: ${where}.`);
  }
  return notes.map((note) => ["Note", escapeHtml(note)]);
}

function toTextHtml({ work: { item }, textLimit }: BodySource): string {
  const text = toMailText(item.text).text;
  if (text === "") return "<i>(no text)</i>";
  // Cutting may halve a surrogate pair, so what is left is made carriable again.
  const shown = textLimit === undefined ? text : toMailText(text.slice(0, textLimit)).text;
  return escapeHtml(shown).replaceAll("\n", "<br>\n");
}

const leftOutWords: Readonly<Record<LeftOut, string>> = {
  "too-large": "not attached: too large for an e-mail item",
  "no-room": "not attached: the item would become too large",
  "by-setting": "not attached: the connector is set to leave attachments out",
  "not-in-drop": "not attached: the drop does not hold it",
  "transfer-failed": "not attached: its transfer failed in ICE Chat",
  "transfer-not-ended": "not attached: its transfer had not ended in ICE Chat",
  deleted: "not attached: it was deleted in ICE Chat",
  unreadable: "not attached: it could not be read out of the drop",
  unknown: "not attached: the drop does not say where it is",
};

function toAttachmentList({ attachments, evidence, drop }: BodySource): string {
  if (attachments.length === 0) return "";
  const lines = attachments.map((planned) => {
    const { name, content } = planned.attachment;
    const facts = content === undefined ? [] : [`${content.sizeInBytes} bytes`, `SHA-256 ${content.sha256}`];
    const place = content === undefined ? "" : `; kept in ${evidence ?? `the evidence of drop ${drop}`}`;
    const fate = planned.isInline ? "attached" : `${leftOutWords[planned.because]}${place}`;
    return `<li>${[toMailLine(name), ...facts, fate].map(escapeHtml).join(" - ")}</li>`;
  });
  return `<div>Attachments:<ul>\n${lines.join("\n")}\n</ul></div>`;
}

function toFooter({ work: { item, file }, drop, feed }: BodySource): string {
  const ids: Row[] = [
    ["Import key", item.key],
    ["Conversation", line(item.conversationId)],
    ...(item.messageId === undefined ? [] : [["Message", line(item.messageId)] satisfies Row]),
    ["Feed", feed],
    ["Source", `${drop} ${file}:${item.position}`],
  ];
  const lines = ids.map(([label, html]) => `${label}: ${html}`).join("<br>\n");
  return `<hr>\n<div style="font-size:8pt;color:#666">ICE Chat<br>\n${lines}</div>`;
}

function toPersonHtml({ name, address, also }: Correspondent): string {
  return escapeHtml(`${name} <${address}>${also.length === 0 ? "" : ` (${also.join(", ")})`}`);
}

function line(text: string): string {
  return escapeHtml(toMailLine(text));
}

function row(label: string, html: string): string {
  return `<tr><td style="padding:0 12pt 0 0;vertical-align:top;color:#666">${label}</td><td>${html}</td></tr>`;
}
