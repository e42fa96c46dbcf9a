import type { BlobEntry, BlobPath, Blobs } from "../../shared/store/blobs.ts";
import { containers } from "../../shared/store/paths.ts";
import type { Html } from "../page/html.ts";
import { html } from "../page/html.ts";
import type { Crumb, Site } from "../page/page-frame.ts";
import { toPageHtml } from "../page/page-frame.ts";
import { toBadge, toFacts, toPages, toTable } from "../page/page-parts.ts";
import { type ContainerName, containerNames, containerWords, toWords } from "./container-words.ts";
import { type Child, type Level, listedAtMost, listLevel } from "./list-level.ts";
import { lookIntoBlob } from "./look-into-blob.ts";
import { toCount, toSize, toTime } from "./units.ts";
import { toViewHtml } from "./view-html.ts";

const SITE: Site = { name: "Blobs", note: "the connector's storage on this machine; it is only shown, never changed" };
const CHILDREN_A_PAGE = 100;
const COUNTED = 1_000;
const HOME: Crumb = { text: "Containers", href: "/" };

/** What the pages read. */
export type ShownBlobs = Pick<Blobs, "list" | "head" | "stream">;

/** Every container, what is in it, and how much. */
export async function toContainersPage(blobs: ShownBlobs): Promise<string> {
  const rows = await Promise.all(containerNames.map((name) => toContainerRow(blobs, name)));
  const table = toTable(["Container", "What is in it", { numbers: "Blobs" }], rows, "");
  return toPageHtml(SITE, "Containers", [{ text: "Containers" }], table);
}

async function toContainerRow(blobs: ShownBlobs, name: ContainerName): Promise<Html> {
  const { children, isCut } = await listLevel(
    blobs,
    { prefix: `${name}/`, starts: "", skip: 0, take: COUNTED },
    COUNTED,
  );
  const count = children.reduce((sum, child) => sum + child.blobs, 0);
  const plain = containers[name].holdsPlaintext ? html` ${toBadge("plaintext, for some days only")}` : html``;
  return html`<tr><td class="short"><a href="${toFolderHref(`${name}/`)}">${name}</a></td><td class="words">${containerWords[name]}${plain}</td><td class="number">${isCut ? "over " : ""}${toCount(count)}</td></tr>`;
}

/** Which part of a folder is shown. */
export interface FolderQuery {
  readonly prefix: BlobPath;
  /** How the names must begin. */
  readonly starts: string;
  /** From 1. */
  readonly page: number;
}

/** One level of a container: folders and blobs. */
export async function toFolderPage(blobs: ShownBlobs, query: FolderQuery): Promise<string> {
  const { prefix, starts, page } = query;
  const skip = (page - 1) * CHILDREN_A_PAGE;
  const level = await listLevel(blobs, { prefix, starts, skip, take: CHILDREN_A_PAGE });
  const rows = level.children.map((child, at) => toRow(child, prefix, level.isCut && at === level.children.length - 1));
  const table = toTable(
    ["Name", "Last written (UTC)", { numbers: "Blobs" }, { numbers: "Size" }],
    rows,
    starts === "" && page === 1 ? "Nothing lies here." : "Nothing more lies here.",
  );
  const pages = toPages((other) => toFolderHref(prefix, starts, other), { page, hasNext: level.hasNext });
  const content = html`<p class="soft">${toWords(prefix)}</p>${toSearch(query, level)}${table}${toCutNote(level)}${pages}`;
  const crumbs = toCrumbs(prefix);
  return toPageHtml(SITE, crumbs.at(-1)?.text ?? prefix, crumbs, content);
}

function toRow({ path, blobs, sizeInBytes, modifiedAt }: Child, prefix: BlobPath, isMore: boolean): Html {
  const isFolder = path.endsWith("/");
  const words = isFolder ? toWords(path) : "";
  const href = isFolder ? toFolderHref(path) : toBlobHref(path);
  const over = isFolder && isMore ? "over " : "";
  return html`<tr><td class="words"><a href="${href}">${path.slice(prefix.length)}</a>${words === "" ? "" : html`<div class="soft">${words}</div>`}</td><td class="time">${toTime(modifiedAt)}</td><td class="number">${isFolder ? over + toCount(blobs) : ""}</td><td class="number">${over}${toSize(sizeInBytes)}</td></tr>`;
}

/** Where all names fit on a page there is nothing to search for. */
function toSearch({ prefix, starts, page }: FolderQuery, { hasNext, isCut }: Level): Html {
  if (starts === "" && page === 1 && !hasNext && !isCut) return html``;
  return html`<form method="get" action="/folder"><input type="hidden" name="in" value="${prefix}"><label for="starts">Names that begin with</label><input id="starts" name="starts" value="${starts}" autocomplete="off" spellcheck="false"><button>Show</button></form>`;
}

function toCutNote({ isCut }: Level): Html {
  if (!isCut) return html``;
  return html`<p>So much lies here that only the first ${toCount(listedAtMost)} blobs were looked at. Say how the names begin, or open a folder, to see what comes after them.</p>`;
}

/** One blob: facts, and its content in a readable form; undefined when it is not there. */
export async function toBlobPage(blobs: ShownBlobs, path: BlobPath): Promise<string | undefined> {
  const entry = await blobs.head(path);
  const view = entry && (await lookIntoBlob(blobs, entry));
  if (entry === undefined || view === undefined) return undefined;
  const crumbs = toCrumbs(path);
  const content = html`<div class="card">${toFacts(toBlobFacts(entry))}</div>${toViewHtml(view)}`;
  return toPageHtml(SITE, crumbs.at(-1)?.text ?? path, crumbs, content);
}

function toBlobFacts({ path, sizeInBytes, modifiedAt, blocks }: BlobEntry): [string, string][] {
  return [
    ["Path", path],
    ["Size", sizeInBytes < 1024 ? toSize(sizeInBytes) : `${toSize(sizeInBytes)} (${toCount(sizeInBytes)} bytes)`],
    ["Last written", `${toTime(modifiedAt)} UTC`],
    ...(blocks === undefined ? [] : [["Appended", `${toCount(blocks)} times`] satisfies [string, string]]),
    ...toEvidenceFacts(path),
  ];
}

/** An evidence blob's name says which listed file it is: a hash of the path, the size, the time of modification. */
function toEvidenceFacts(path: BlobPath): [string, string][] {
  const [, feed, day, time] = /^evidence\/([^/]+)\/([^/]+)\/[0-9a-f]+-\d+-(\d{1,15})$/.exec(path) ?? [];
  if (feed === undefined || day === undefined || time === undefined) return [];
  return [
    ["Feed", feed],
    ["Site day", day],
    ["Time on the site", `${toTime(Number(time))} UTC`],
  ];
}

function toCrumbs(path: BlobPath): Crumb[] {
  const parts = path.replace(/\/$/, "").split("/");
  return [HOME].concat(
    parts.map((text, at) => {
      const href =
        at === parts.length - 1 ? {} : { href: `/folder?in=${toQuery(`${parts.slice(0, at + 1).join("/")}/`)}` };
      return { text, ...href };
    }),
  );
}

function toFolderHref(prefix: BlobPath, starts = "", page = 1): string {
  const rest = `${starts === "" ? "" : `&starts=${toQuery(starts)}`}${page === 1 ? "" : `&page=${page}`}`;
  return `/folder?in=${toQuery(prefix)}${rest}`;
}

function toBlobHref(path: BlobPath): string {
  return `/blob?at=${toQuery(path)}`;
}

/** In a query slashes may stand as they are (RFC 3986, 3.4), and are easier to read so. */
function toQuery(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/");
}
