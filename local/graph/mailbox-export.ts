import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { MailStore } from "./mail-store.ts";
import type { Folder, Mailbox } from "./mailbox.ts";
import { toMessageView } from "./message-view.ts";
import type { People } from "./people.ts";

/**
 * Writes what the mailboxes hold: a JSON object by user id, then by folder name, each a list of messages as Graph has
 * them, with extended properties and attachments. Every user with a mailbox is in it; folders that every mailbox has
 * are only when something lies in them. A folder below another is `Deleted Items/ICE Chat`. Message after message goes
 * to the file, so memory does not grow with the mailboxes.
 *
 * @throws when the file cannot be written
 */
export async function exportMailboxes(
  { people, store }: { people: People; store: MailStore },
  path: string,
): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600 });
  const failed = once(file, "error").then(([error]) => Promise.reject(error));
  async function write(): Promise<void> {
    for (const part of toParts(people, store)) if (!file.write(part)) await once(file, "drain");
    file.end();
    await once(file, "close");
  }
  await Promise.race([write(), failed]);
}

function* toParts(people: People, store: MailStore): Iterable<string> {
  const users = people.list().filter(({ mailbox }) => mailbox === "ok");
  yield "{";
  for (const [at, { id }] of users.entries()) {
    yield `${at === 0 ? "" : ","}\n${JSON.stringify(id)}: {`;
    yield* toMailboxParts(store.mailbox(id), store);
    yield "}";
  }
  yield "\n}\n";
}

function* toMailboxParts(mailbox: Mailbox, store: MailStore): Iterable<string> {
  let separator = "";
  for (const { folder, name } of listFolders(mailbox, mailbox.root, "")) {
    if (folder.wellKnownName !== undefined && mailbox.count(folder.number) === 0) continue;
    yield `${separator}\n ${JSON.stringify(name)}: [`;
    yield* toFolderParts(mailbox, folder, store);
    yield "]";
    separator = ",";
  }
}

function* listFolders(mailbox: Mailbox, parent: Folder, prefix: string): Iterable<{ folder: Folder; name: string }> {
  for (const folder of mailbox.children(parent.number)) {
    const name = prefix + folder.displayName;
    yield { folder, name };
    yield* listFolders(mailbox, folder, `${name}/`);
  }
}

function* toFolderParts(mailbox: Mailbox, folder: Folder, store: MailStore): Iterable<string> {
  for (const [at, item] of mailbox.items(folder.number).entries()) {
    const message = store.read(item);
    const { attachments = [], singleValueExtendedProperties = [] } = message;
    const view = toMessageView(mailbox, item, message, { immutableIds: true });
    yield `${at === 0 ? "" : ","}\n  ${JSON.stringify({ ...view, singleValueExtendedProperties, attachments })}`;
  }
}
