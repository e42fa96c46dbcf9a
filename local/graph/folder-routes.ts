import { z } from "zod";
import type { JsonObject } from "../stand-ins/json.ts";
import type { Reply } from "../stand-ins/stand-in-request.ts";
import type { GraphCall, GraphRoute } from "./graph-call.ts";
import { toPage } from "./graph-call.ts";
import { badRequest, GraphRefusal } from "./graph-refusal.ts";
import type { Folder, Mailbox } from "./mailbox.ts";
import { findFolder, findMailbox } from "./mailbox-access.ts";
import { matchesFilter } from "./odata/filter-match.ts";
import { parseQueryOptions } from "./odata/query-options.ts";

/** Without `$top` Graph gives 10 folders a page, so one may not find its own folder on the first. */
const PAGE_SIZES = { usual: 10, most: 1000 };

/** `/users/{id}/mailFolders` */
export const folderRoutes: readonly GraphRoute[] = [
  { method: "GET", path: "users/:user/mailFolders", handle: listTopFolders },
  { method: "POST", path: "users/:user/mailFolders", handle: createTopFolder },
  { method: "GET", path: "users/:user/mailFolders/:folder", handle: getFolder },
  { method: "DELETE", path: "users/:user/mailFolders/:folder", handle: deleteFolder },
  { method: "POST", path: "users/:user/mailFolders/:folder/permanentDelete", handle: permanentlyDeleteFolder },
  { method: "GET", path: "users/:user/mailFolders/:folder/childFolders", handle: listChildFolders },
  { method: "POST", path: "users/:user/mailFolders/:folder/childFolders", handle: createChildFolder },
];

function listTopFolders(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  return listFolders(call, mailbox, mailbox.root);
}

function listChildFolders(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  return listFolders(call, mailbox, findFolder(mailbox, call.param("folder")));
}

function listFolders(call: GraphCall, mailbox: Mailbox, parent: Folder): Reply {
  const options = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  const { filter, skip, top, wantsCount } = options;
  const views = mailbox.children(parent.number).flatMap((folder) => {
    const view = toFolderView(mailbox, folder);
    if (filter === undefined) return [view];
    // What was made a moment ago may not be found yet, whence the 409 of those who then make it again.
    const isSeen = folder.createdAt <= call.now - call.staleAgeInMs;
    return isSeen &&
      matchesFilter(
        filter,
        (path) => view[path],
        () => false,
      )
      ? [view]
      : [];
  });
  const entries = views.slice(skip, skip + top).map((view) => toSelected(view, options.select));
  const context = `users('${mailbox.userId}')/mailFolders`;
  return toPage(call, { context, entries, total: views.length, skip, wantsCount });
}

function getFolder(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const { select } = parseQueryOptions(call.request.url.searchParams, PAGE_SIZES);
  const view = toFolderView(mailbox, findFolder(mailbox, call.param("folder")));
  const context = `${call.base}/$metadata#users('${mailbox.userId}')/mailFolders/$entity`;
  return { status: 200, body: { "@odata.context": context, ...toSelected(view, select) } };
}

const folderSchema = z.object({ displayName: z.string().min(1), isHidden: z.boolean().optional() });

function createTopFolder(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  return createFolder(call, mailbox, mailbox.root);
}

function createChildFolder(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  return createFolder(call, mailbox, findFolder(mailbox, call.param("folder")));
}

function createFolder(call: GraphCall, mailbox: Mailbox, parent: Folder): Reply {
  const parsed = folderSchema.safeParse(call.request.json());
  if (!parsed.success) throw badRequest("A folder needs a displayName.");
  const { displayName } = parsed.data;
  if (mailbox.children(parent.number).some((folder) => isSameName(folder.displayName, displayName))) {
    const message = `A folder with the specified name already exists., Could not create folder '${displayName}'.`;
    throw new GraphRefusal(409, "ErrorFolderExists", message);
  }
  const folder = call.store.addFolder(mailbox, displayName, parent.number, call.now);
  const context = `${call.base}/$metadata#users('${mailbox.userId}')/mailFolders/$entity`;
  return { status: 201, body: { "@odata.context": context, ...toFolderView(mailbox, folder) } };
}

function isSameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

// A deleted folder lies in Deleted Items, with its items and its id; deleted there, it is gone.
function deleteFolder(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  const folder = findOwnFolder(mailbox, call.param("folder"));
  if (folder.parent === mailbox.deletedItems.number) call.store.removeFolder(mailbox, folder);
  else call.store.moveFolder(mailbox, folder, mailbox.deletedItems.number);
  return { status: 204 };
}

function permanentlyDeleteFolder(call: GraphCall): Reply {
  const mailbox = findMailbox(call);
  call.store.removeFolder(mailbox, findOwnFolder(mailbox, call.param("folder")));
  return { status: 204 };
}

function findOwnFolder(mailbox: Mailbox, idOrName: string): Folder {
  const folder = findFolder(mailbox, idOrName);
  if (folder.wellKnownName === undefined) return folder;
  throw new GraphRefusal(403, "ErrorDeleteDistinguishedFolder", "Distinguished folders cannot be deleted.");
}

function toFolderView(mailbox: Mailbox, folder: Folder): JsonObject {
  const { ids, root } = mailbox;
  return {
    id: ids.toFolderId(folder.number),
    displayName: folder.displayName,
    // The root's own parent is a folder that no client can see.
    parentFolderId: ids.toFolderId(folder.parent ?? (folder === root ? 0 : root.number)),
    childFolderCount: mailbox.children(folder.number).length,
    unreadItemCount: 0,
    totalItemCount: mailbox.count(folder.number),
    sizeInBytes: 0,
    isHidden: false,
  };
}

function toSelected(view: JsonObject, select: readonly string[] | undefined): JsonObject {
  if (select === undefined) return view;
  return Object.fromEntries(Object.entries(view).filter(([name]) => name === "id" || select.includes(name)));
}
