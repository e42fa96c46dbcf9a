import type { MailStore } from "../graph/mail-store.ts";
import type { Folder, Item, Mailbox } from "../graph/mailbox.ts";
import { toObjects } from "../graph/message-view.ts";
import type { People, Person } from "../graph/people.ts";
import type { Html } from "../page/html.ts";
import { html } from "../page/html.ts";
import type { Site } from "../page/page-frame.ts";
import { toPageHtml } from "../page/page-frame.ts";
import { toBadge, toFacts, toPages, toTable } from "../page/page-parts.ts";
import type { Json, JsonObject } from "../stand-ins/json.ts";
import { isJsonObject } from "../stand-ins/json.ts";

/** Where the page looks. */
export interface MailboxSource {
  readonly people: Pick<People, "list" | "find">;
  readonly store: Pick<MailStore, "mailbox" | "read">;
}

const SITE: Site = { name: "Stand-in mailboxes", note: "on this machine only; nothing here is in Microsoft 365" };
const PEOPLE_A_PAGE = 200;
const ITEMS_A_PAGE = 50;
const HOME = { text: "Mailboxes", href: "/" };
const NO_MAILBOX: Readonly<Record<Person["mailbox"], string>> = { ok: "", none: "no mailbox", disabled: "disabled" };

/** The people, and how much lies in their mailboxes. */
export function toPeoplePage({ people, store }: MailboxSource, page: number): string {
  const all = people.list();
  const shown = all.slice((page - 1) * PEOPLE_A_PAGE, page * PEOPLE_A_PAGE);
  const rows = shown.map((person) => {
    const isOpen = person.mailbox === "ok";
    const name = isOpen ? html`<a href="${toHref(person.id)}">${nameOf(person)}</a>` : html`${nameOf(person)}`;
    const count = isOpen ? html`${store.mailbox(person.id).items().length}` : toBadge(NO_MAILBOX[person.mailbox]);
    return html`<tr><td>${name}</td><td>${person.mail ?? person.userPrincipalName}</td><td class="number">${count}</td></tr>`;
  });
  const table = toTable(["Name", "Address", { numbers: "Items" }], rows, "The directory has no users.");
  return toPageHtml(
    SITE,
    "Mailboxes",
    [{ text: "Mailboxes" }],
    html`${table}${toNumbered("/", page, all.length, PEOPLE_A_PAGE)}`,
  );
}

function nameOf({ displayName, userPrincipalName }: Person): string {
  return displayName === "" ? userPrincipalName : displayName;
}

function toHref(...parts: readonly (string | number)[]): string {
  return `/mailbox/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

function toNumbered(href: string, page: number, total: number, size: number): Html {
  return toPages((other) => `${href}?page=${other}`, { page, last: Math.max(1, Math.ceil(total / size)) });
}

/** The folders of one mailbox. */
export function toMailboxPage({ store }: MailboxSource, person: Person): string {
  const mailbox = store.mailbox(person.id);
  const rows = listFolders(mailbox, mailbox.root, "").map(({ folder, name }) => {
    const link = html`<a href="${toHref(person.id, folder.number)}">${name}</a>`;
    return html`<tr><td>${link}</td><td class="number">${mailbox.count(folder.number)}</td></tr>`;
  });
  const facts = toFacts([
    ["User principal name", person.userPrincipalName],
    ["Address", person.mail ?? "none"],
    ["Object id", person.id],
    ["Made", mailbox.incarnation === 1 ? "once" : `${mailbox.incarnation} times`],
    [
      "State",
      [person.isInScope ? "" : "out of the app's scope", person.isFull ? "full" : ""].filter(Boolean).join(", ") ||
        "ok",
    ],
  ]);
  const content = html`<div class="card">${facts}</div><h2>Folders</h2>${toTable(["Folder", { numbers: "Items" }], rows, "")}`;
  return toPageHtml(SITE, nameOf(person), [HOME, { text: nameOf(person) }], content);
}

function listFolders(mailbox: Mailbox, parent: Folder, prefix: string): { folder: Folder; name: string }[] {
  // Folders that someone made come first: they are what one looks for.
  const children = mailbox.children(parent.number).toSorted((a, b) => Number(isUsual(a)) - Number(isUsual(b)));
  return children.flatMap((folder) => {
    const name = prefix + folder.displayName;
    return [{ folder, name }, ...listFolders(mailbox, folder, `${name} / `)];
  });
}

function isUsual({ wellKnownName }: Folder): boolean {
  return wellKnownName !== undefined;
}

/** The items of one folder, newest first. */
export function toFolderPage({ store }: MailboxSource, person: Person, folder: Folder, page: number): string {
  const items = store.mailbox(person.id).items(folder.number);
  const rows = items.slice((page - 1) * ITEMS_A_PAGE, page * ITEMS_A_PAGE).map((item) => toRow(store, person, item));
  const table = toTable(
    ["Received (UTC)", "From", "Subject", { numbers: "Files" }],
    rows,
    "Nothing lies in this folder.",
  );
  const pages = toNumbered(toHref(person.id, folder.number), page, items.length, ITEMS_A_PAGE);
  const crumbs = [HOME, { text: nameOf(person), href: toHref(person.id) }, { text: folder.displayName }];
  return toPageHtml(SITE, `${folder.displayName} (${items.length})`, crumbs, html`${table}${pages}`);
}

function toRow(store: MailboxSource["store"], person: Person, item: Item): Html {
  const message = store.read(item);
  const files = toObjects(message.attachments).length;
  const subject = toText(message.subject) || "(no subject)";
  const link = html`<a href="${toHref(person.id, item.folder, item.number)}">${subject}</a>`;
  const draft = message.isDraft === true ? html` ${toBadge("draft")}` : html``;
  return html`<tr><td class="time">${toTime(message.receivedDateTime)}</td><td>${toName(message.from)}</td><td>${link}${draft}</td><td class="number">${files === 0 ? "" : files}</td></tr>`;
}

function toText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function toTime(value: Json | undefined): string {
  return toText(value).replace("T", " ").replace("Z", "");
}

function toPerson(value: Json | undefined): string {
  const address = isJsonObject(value) ? value.emailAddress : undefined;
  if (!isJsonObject(address)) return "";
  const [name, mail] = [toText(address.name), toText(address.address)];
  return name === "" || name === mail ? mail : `${name} <${mail}>`;
}

function toName(value: Json | undefined): string {
  const address = isJsonObject(value) ? value.emailAddress : undefined;
  return isJsonObject(address) ? toText(address.name) || toText(address.address) : "";
}

/** One item: who, when, its text in a frame of its own, its files and what the importer wrote beside it. */
export function toItemPage({ store }: MailboxSource, person: Person, folder: Folder, item: Item): string {
  const message = store.read(item);
  const subject = toText(message.subject) || "(no subject)";
  const crumbs = [HOME, { text: nameOf(person), href: toHref(person.id) }].concat([
    { text: folder.displayName, href: toHref(person.id, folder.number) },
  ]);
  const frame = html`<iframe sandbox title="Text of the message" src="${toHref(person.id, folder.number, item.number, "body")}"></iframe>`;
  const content = html`<div class="card">${toFacts(toHeadFacts(message))}</div><h2>Text</h2>${frame}${toFileTable(message)}<h2>Extended properties</h2><div class="card">${toPropertyFacts(message)}</div>`;
  return toPageHtml(SITE, subject, [...crumbs, { text: subject }], content);
}

function toHeadFacts(message: JsonObject): [string, string][] {
  const people = (value: Json | undefined): string => toObjects(value).map(toPerson).join(", ");
  const facts: [string, string][] = [
    ["From", toPerson(message.from)],
    ["To", people(message.toRecipients)],
    ["Cc", people(message.ccRecipients)],
    ["Received", `${toTime(message.receivedDateTime)} UTC`],
    ["Sent", `${toTime(message.sentDateTime)} UTC`],
    ["Imported", `${toTime(message.createdDateTime)} UTC`],
    [
      "State",
      [message.isDraft === true ? "draft" : "no draft", message.isRead === true ? "read" : "unread"].join(", "),
    ],
    ["Message id", toText(message.internetMessageId)],
  ];
  return facts.filter(([, value]) => value !== "");
}

function toFileTable(message: JsonObject): Html {
  const rows = toObjects(message.attachments).map(
    ({ name, contentType, size }) =>
      html`<tr><td>${toText(name)}</td><td>${toText(contentType)}</td><td class="number">${typeof size === "number" ? size : ""}</td></tr>`,
  );
  return rows.length === 0 ? html`` : html`<h2>Files</h2>${toTable(["Name", "Type", { numbers: "Bytes" }], rows, "")}`;
}

function toPropertyFacts(message: JsonObject): Html {
  const rows = toObjects(message.singleValueExtendedProperties).map(
    ({ id, value }) => html`<dt><code>${toText(id)}</code></dt><dd><code>${toText(value)}</code></dd>`,
  );
  return html`<dl>${rows}</dl>`;
}

/** The text of an item as a page of its own: as it is where it is HTML, else with its line breaks. */
export function toBodyPage(message: JsonObject): string {
  const body = isJsonObject(message.body) ? message.body : {};
  const content = toText(body.content);
  if (body.contentType === "html") return content;
  return html`<!doctype html><meta charset="utf-8"><pre>${content}</pre>`.markup;
}
