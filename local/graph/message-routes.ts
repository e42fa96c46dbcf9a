import { z } from "zod";
import type { Reply } from "../stand-ins/stand-in-request.ts";
import type { GraphCall, GraphRoute } from "./graph-call.ts";
import { toPage } from "./graph-call.ts";
import { badRequest, GraphRefusal, notModelled } from "./graph-refusal.ts";
import type { Folder, Item, Mailbox } from "./mailbox.ts";
import { findFolder, findItem, findMailbox } from "./mailbox-access.ts";
import { parseMessage } from "./message-rules.ts";
import { searchMessages } from "./message-search.ts";
import { toMessageView } from "./message-view.ts";
import { parseQueryOptions } from "./odata/query-options.ts";
import { toStoredMessage } from "./stored-message.ts";

const PAGE_SIZES = { usual: 10, most: 1000 };

/** Messages: of a folder, of the whole mailbox, and single ones. */
export const messageRoutes: readonly GraphRoute[] = [
  { method: "GET", path: "users/:user/messages", handle: listMessages },
  { method: "POST", path: "users/:user/messages", handle: createMessage },
  { method: "GET", path: "users/:user/mailFolders/:folder/messages", handle: listMessages },
  { method: "POST", path: "users/:user/mailFolders/:folder/messages", handle: createMessage },
  ...["users/:user/messages/:message", "users/:user/mailFolders/:folder/messages/:message"].flatMap(
    (path): GraphRoute[] => [
      { method: "GET", path, handle: getMessage },
      { method: "DELETE", path, handle: deleteMessage },
      { method: "POST", path: `${path}/permanentDelete`, handle: permanentlyDeleteMessage },
      { method: "POST", path: `${path}/move`, handle: moveMessage },
      { method: "GET", path: `${path}/attachments`, handle: listAttachments },
    ],
  ),
];

function listMessages(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const folder = folderOf(call, mailbox);
  const options = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  const { filter, orderBy, skip, top, wantsCount } = options;
  const seenUpTo = call.now - call.staleAgeInMs;
  const found = searchMessages(call.store, mailbox, { folder: folder?.number, filter, orderBy, seenUpTo });
  const entries = found
    .slice(skip, skip + top)
    .map((item) => toMessageView(mailbox, item, call.store.read(item), { ...viewOf(call), ...options }));
  return toPage(call, { context: contextOf(mailbox), entries, total: found.length, skip, wantsCount });
}

function folderOf(call: GraphCall, mailbox: Mailbox): Folder | undefined {
  const id = call.param("folder");
  return id === "" ? undefined : findFolder(mailbox, id);
}

function viewOf({ prefersImmutableIds }: GraphCall): { immutableIds: boolean } {
  return { immutableIds: prefersImmutableIds };
}

function contextOf({ userId }: Mailbox): string {
  return `users('${userId}')/messages`;
}

function createMessage(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const folder = folderOf(call, mailbox) ?? findFolder(mailbox, "drafts");
  const type = call.request.headers["content-type"] ?? "";
  if (/^text\/plain\b/i.test(type)) throw notModelled("messages in MIME, which always become drafts");
  if (!/^application\/json\b/i.test(type)) throw badRequest("The Content-Type must be application/json.");
  const posted = parseMessage(call.request.json());
  if (mailbox.owner.isFull) {
    throw new GraphRefusal(403, "ErrorQuotaExceeded", "Cannot save changes made to an item to store.");
  }
  const { message, facts } = toStoredMessage(posted, {
    now: call.now,
    number: mailbox.nextItem(),
    owner: mailbox.owner.id,
  });
  const item = call.store.addItem(mailbox, folder.number, message, facts);
  return toSingle(call, mailbox, item, 201);
}

function toSingle(call: GraphCall, mailbox: Mailbox, item: Item, status: number): Reply {
  const { select, expand } = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  const view = toMessageView(mailbox, item, call.store.read(item), { ...viewOf(call), select, expand });
  const context = `${call.base}/$metadata#${contextOf(mailbox)}/$entity`;
  return { status, body: { "@odata.context": context, ...view } };
}

function itemOf(call: GraphCall, mailbox: Mailbox): Item {
  return findItem(mailbox, call.param("message"), folderOf(call, mailbox));
}

function getMessage(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  return toSingle(call, mailbox, itemOf(call, mailbox), 200);
}

// A deleted item lies in Deleted Items, where a search of the whole mailbox finds it; deleted there, it is gone.
function deleteMessage(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const item = itemOf(call, mailbox);
  if (item.folder === mailbox.deletedItems.number) call.store.removeItem(mailbox, item);
  else call.store.moveItem(mailbox, item, mailbox.deletedItems.number);
  return { status: 204 };
}

function permanentlyDeleteMessage(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  call.store.removeItem(mailbox, itemOf(call, mailbox));
  return { status: 204 };
}

const moveSchema = z.object({ destinationId: z.string() });

function moveMessage(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const item = itemOf(call, mailbox);
  const parsed = moveSchema.safeParse(call.request.json());
  if (!parsed.success) throw badRequest("A move needs a destinationId.");
  const destination = findFolder(mailbox, parsed.data.destinationId);
  call.store.moveItem(mailbox, item, destination.number);
  return toSingle(call, mailbox, { ...item, folder: destination.number }, 201);
}

function listAttachments(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const { attachments = [] } = call.store.read(itemOf(call, mailbox));
  return { status: 200, body: { "@odata.context": `${call.base}/$metadata#attachments`, value: attachments } };
}
