import type { IncomingMessage, ServerResponse } from "node:http";
import type { Folder, Item } from "../graph/mailbox.ts";
import type { Person } from "../graph/people.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import { startListener } from "../stand-ins/https-listener.ts";
import type { MailboxSource } from "./mailbox-views.ts";
import { toBodyPage, toFolderPage, toItemPage, toMailboxPage, toPeoplePage } from "./mailbox-views.ts";
import { pageStyle } from "./page-frame.ts";

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
  const listener = await startListener(options, (request, response) => {
    answer(options, request, response);
    return Promise.resolve();
  });
  return { ...listener, mailboxUrl: (userId) => `${listener.url}/mailbox/${encodeURIComponent(userId)}` };
}

const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// A message's own markup may have styles, and nothing that runs or calls out: no script, no picture from elsewhere, no form.
const BODY_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

const COMMON = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
} as const;

interface Answer {
  readonly status: number;
  readonly type: "text/html" | "text/css" | "text/plain";
  readonly policy: string;
  readonly text: string;
}

function answer(source: MailboxSource, request: IncomingMessage, response: ServerResponse): void {
  const { status, type, policy, text } = toAnswer(source, request);
  response.writeHead(status, {
    ...COMMON,
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": policy,
    "content-length": Buffer.byteLength(text),
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

function toAnswer(source: MailboxSource, request: IncomingMessage): Answer {
  // A name that someone else's DNS points at this machine must not open the mailboxes to that someone's web page.
  if (!isThisMachine(request.headers.host)) return toPlain(421, "Open this page as http://localhost.");
  if (request.method !== "GET" && request.method !== "HEAD") return toPlain(405, "This page only shows.");
  const url = new URL(`http://localhost${request.url ?? "/"}`);
  if (url.pathname === "/style.css") return { status: 200, type: "text/css", policy: PAGE_POLICY, text: pageStyle };
  const page = Math.max(1, Math.trunc(Number(url.searchParams.get("page") ?? 1)) || 1);
  if (url.pathname === "/") return toHtml(toPeoplePage(source, page));
  return toMailboxAnswer(source, url.pathname.split("/").slice(1), page) ?? toPlain(404, "There is nothing here.");
}

function isThisMachine(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}

function toPlain(status: number, text: string): Answer {
  return { status, type: "text/plain", policy: PAGE_POLICY, text: `${text}\n` };
}

function toHtml(text: string, policy: string = PAGE_POLICY): Answer {
  return { status: 200, type: "text/html", policy, text };
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
