import { createHash } from "node:crypto";
import type { Json, JsonObject } from "../stand-ins/json.ts";
import { isJsonList, isJsonObject } from "../stand-ins/json.ts";
import { parsePropertyId } from "./extended-property.ts";
import { badRequest, notModelled } from "./graph-refusal.ts";
import type { Item, Mailbox } from "./mailbox.ts";
import type { Filter } from "./odata/filter.ts";
import type { Expansion } from "./odata/query-options.ts";
import type { StoredMessage } from "./stored-message.ts";

/** How a message is to be shown. */
export interface MessageViewOptions {
  readonly immutableIds: boolean;
  readonly select?: readonly string[] | undefined;
  readonly expand?: readonly Expansion[] | undefined;
}

/** Shown on `$expand` only, as in Graph. */
const EXPANDABLE = ["attachments", "singleValueExtendedProperties"];

/**
 * A message as Graph gives it to a client.
 *
 * @throws GraphRefusal for an `$expand` that Graph has not, or the stand-in does not model
 */
export function toMessageView(
  mailbox: Mailbox,
  item: Item,
  message: StoredMessage,
  { immutableIds, select, expand = [] }: MessageViewOptions,
): JsonObject {
  const whole = { ...toIdentity(mailbox, item, immutableIds), ...message };
  const plain = Object.fromEntries(Object.entries(whole).filter(([name]) => !EXPANDABLE.includes(name)));
  const chosen = select === undefined ? plain : toSelection(plain, select);
  const expansions = expand.map((expansion) => toExpansion(message, expansion));
  return Object.fromEntries([chosen, ...expansions].flatMap((part) => Object.entries(part)));
}

/** The id of an item as the client wants its ids. */
export function toItemId(mailbox: Mailbox, { number, folder }: Item, immutable: boolean): string {
  return mailbox.ids.toItemId(immutable ? { item: number } : { item: number, folder });
}

function toIdentity(mailbox: Mailbox, item: Item, immutableIds: boolean): JsonObject {
  const changeKey = createHash("sha256").update(`${item.number} ${item.folder}`).digest("base64").slice(0, 24);
  const id = toItemId(mailbox, item, immutableIds);
  return {
    "@odata.etag": `W/"${changeKey}"`,
    id,
    changeKey,
    parentFolderId: mailbox.ids.toFolderId(item.folder),
    webLink: `https://outlook.office365.com/owa/?ItemID=${encodeURIComponent(id)}&exvsurl=1&viewmodel=ReadMessageItem`,
  };
}

function toSelection(message: JsonObject, select: readonly string[]): JsonObject {
  const names = new Set(["@odata.etag", "id", ...select]);
  return Object.fromEntries(Object.entries(message).filter(([name]) => names.has(name)));
}

function toExpansion(message: StoredMessage, { name, filter }: Expansion): JsonObject {
  if (name === "attachments") return { attachments: message.attachments ?? [] };
  if (name !== "singleValueExtendedProperties") throw notModelled(`$expand=${name}`);
  if (filter === undefined) throw badRequest("singleValueExtendedProperties must be expanded with a $filter on id.");
  const wanted = new Set(parseIds(filter));
  const found = toObjects(message.singleValueExtendedProperties).filter(
    ({ id }) => typeof id === "string" && wanted.has(id),
  );
  return found.length === 0 ? {} : { singleValueExtendedProperties: found };
}

/** `id eq 'A' or id eq 'B'` */
function parseIds(filter: Filter): string[] {
  if (filter.kind === "or") return filter.parts.flatMap(parseIds);
  if (filter.kind === "compare" && filter.path === "id" && filter.op === "eq" && typeof filter.value === "string") {
    return [parsePropertyId(filter.value)];
  }
  throw badRequest("Extended properties are expanded by id eq '...', several of them joined by or.");
}

/** The objects in a list. */
export function toObjects(list: Json | undefined): JsonObject[] {
  return isJsonList(list) ? list.filter(isJsonObject) : [];
}
