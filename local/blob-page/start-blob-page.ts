import { StorageFault } from "../../shared/store/storage-fault.ts";
import type { Answer } from "../page/start-page.ts";
import { startPage, toHtml, toPageNumber, toPlain } from "../page/start-page.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import type { ShownBlobs } from "./blob-pages.ts";
import { toBlobPage, toContainersPage, toFolderPage } from "./blob-pages.ts";
import { isBlobPath } from "./container-words.ts";

/** What is shown, and where. */
export interface BlobPageOptions extends Pick<ListenOptions, "port" | "host"> {
  readonly blobs: ShownBlobs;
}

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/**
 * Starts the page that shows what lies in the connector's containers: containers, folders, blobs. It only reads, and of no
 * blob more than its first MB. `url` of what it gives is what to open in a browser.
 *
 * @throws the reason why the port cannot be used
 */
export function startBlobPage({ blobs, ...options }: BlobPageOptions): Promise<Listener> {
  return startPage(options, { policy: POLICY, answer: (url) => answer(blobs, url) });
}

async function answer(blobs: ShownBlobs, url: URL): Promise<Answer | undefined> {
  try {
    const page = await toPage(blobs, url);
    return page === undefined ? undefined : toHtml(page);
  } catch (error) {
    // A storage that is gone is no fault of the page's, and its message says what to look at.
    if (error instanceof StorageFault) return toPlain(502, error.message);
    throw error;
  }
}

async function toPage(blobs: ShownBlobs, url: URL): Promise<string | undefined> {
  const { pathname, searchParams } = url;
  if (pathname === "/") return toContainersPage(blobs);
  const path = searchParams.get(pathname === "/folder" ? "in" : "at") ?? "";
  if (!isBlobPath(path)) return undefined;
  if (pathname === "/folder" && path.endsWith("/")) {
    return toFolderPage(blobs, { prefix: path, starts: searchParams.get("starts") ?? "", page: toPageNumber(url) });
  }
  return pathname === "/blob" && !path.endsWith("/") ? toBlobPage(blobs, path) : undefined;
}
