import type { Folder, Item } from "../graph/mailbox.ts";
import type { Person } from "../graph/people.ts";
import type { Answer } from "../page/start-page.ts";
import { startPage, toHtml, toPageNumber } from "../page/start-page.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import type { MailboxSource } from "./mailbox-views.ts";
import { toBodyPage, toFolderPage, toItemPage, toMailboxPage, toPeoplePage } from "./mailbox-views.ts";

/** How the page is to be. Without `tls` it speaks http, which a browser shows without a warning. */
export interface MailboxPageOptions extends ListenOptions, MailboxSource {}

/** The page, running; `url` is what to open in a browser. */
export interface MailboxPage extends Listener {
  /** Address of one person's mailbox. */
  mailboxUrl(userId: string): string;
}

/**
 * Starts the page that shows the stand-in mailboxes: people, folders, items. It only reads.
 *
 * @throws the reason why the port cannot be used
 */
export async function startMailboxPage(options: MailboxPageOptions): Promise<MailboxPage> {
  const listener = await startPage(options, { policy: PAGE_POLICY, answer: (url) => answer(options, url) });
  return { ...listener, mailboxUrl: (userId) => `${listener.url}/mailbox/${encodeURIComponent(userId)}` };
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// A message's own markup may have styles, and nothing that runs or calls out: no script, no picture from elsewhere, no form.
const BODY_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

function answer(source: MailboxSource, url: URL): Answer | undefined {
  const page = toPageNumber(url);
  if (url.pathname === "/") return toHtml(toPeoplePage(source, page));
  return toMailboxAnswer(source, url.pathname.split("/").slice(1), page);
}

function toMailboxAnswer(source: MailboxSource, path: readonly string[], page: number): Answer | undefined {
  const [first, userId = "", folderNumber, itemNumber, body, ...rest] = path;
  const person = source.people.find(userId);
  if (first !== "mailbox" || person === undefined || person.mailbox !== "ok" || rest.length > 0) return undefined;
  if (folderNumber === undefined) return toHtml(toMailboxPage(source, person));
  const folder = source.store.mailbox(person.id).folder(Number(folderNumber));
  if (folder === undefined) return undefined;
  if (itemNumber === undefined) return toHtml(toFolderPage(source, person, folder, page));
  return toItemAnswer(source, { person, folder, item: findItem(source, person, folder, itemNumber) }, body);
}

function findItem({ store }: MailboxSource, { id }: Person, folder: Folder, number: string): Item | undefined {
  const item = store.mailbox(id).item(Number(number));
  return item?.folder === folder.number ? item : undefined;
}

function toItemAnswer(
  source: MailboxSource,
  { person, folder, item }: { person: Person; folder: Folder; item: Item | undefined },
  body: string | undefined,
): Answer | undefined {
  if (item === undefined) return undefined;
  if (body === undefined) return toHtml(toItemPage(source, person, folder, item));
  return body === "body" ? toHtml(toBodyPage(source.store.read(item)), BODY_POLICY) : undefined;
}
