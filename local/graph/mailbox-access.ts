import type { GraphCall } from "./graph-call.ts";
import { GraphRefusal } from "./graph-refusal.ts";
import type { Folder, Item, Mailbox } from "./mailbox.ts";
import type { Person } from "./people.ts";

/**
 * The person whom the path names, by object id or user principal name.
 *
 * @throws GraphRefusal 404 with the directory's code
 */
export function findPerson({ people, param }: GraphCall): Person {
  const person = people.find(param("user"));
  if (person !== undefined) return person;
  const message = `Resource '${param("user")}' does not exist or one of its queried reference-property objects are not present.`;
  throw new GraphRefusal(404, "Request_ResourceNotFound", message);
}

/**
 * The mailbox that the path names.
 *
 * @throws GraphRefusal 404 with one of Exchange's codes where there is none to use, 403 where the app may not
 */
export function findMailbox(call: GraphCall): Mailbox & { readonly owner: Person } {
  const owner = call.people.find(call.param("user"));
  if (owner === undefined) {
    throw new GraphRefusal(404, "ErrorInvalidUser", `The requested user '${call.param("user")}' is invalid.`);
  }
  checkUsable(owner);
  return { ...call.store.mailbox(owner.id), owner };
}

function checkUsable({ mailbox, isInScope }: Person): void {
  if (mailbox === "none") {
    throw new GraphRefusal(404, "MailboxNotSupportedForRESTAPI", "REST API is not supported for this mailbox.");
  }
  if (mailbox === "disabled") {
    const message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
    throw new GraphRefusal(404, "MailboxNotEnabledForRESTAPI", message);
  }
  if (isInScope) return;
  throw new GraphRefusal(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
}

/** @throws GraphRefusal 404 when the mailbox has no such folder */
export function findFolder(mailbox: Mailbox, idOrName: string): Folder {
  const folder = mailbox.findFolder(idOrName);
  if (folder === undefined) throw notFound();
  return folder;
}

/**
 * The item of that id. An ordinary id is good only while the item lies where it lay when the id was given out.
 *
 * @throws GraphRefusal 404
 */
export function findItem(mailbox: Mailbox, id: string, folder?: Folder): Item {
  const reference = mailbox.ids.parseItemId(id);
  const item = reference === undefined ? undefined : mailbox.item(reference.item);
  if (item === undefined || (reference?.folder ?? item.folder) !== item.folder) throw notFound();
  if (folder !== undefined && folder.number !== item.folder) throw notFound();
  return item;
}

function notFound(): GraphRefusal {
  return new GraphRefusal(404, "ErrorItemNotFound", "The specified object was not found in the store.");
}
