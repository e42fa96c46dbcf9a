import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";
import type { HttpAnswer, HttpAsk } from "./http-message.ts";
import { ApiProblem } from "./problem.ts";
import { toProblemAnswer } from "./router.ts";
import { type AnswerKind, toSecurityHeaders } from "./security-headers.ts";

/** What stands in index.html where the answer's nonce is to be. */
export const noncePlaceholder = "{{nonce}}";

/** Answers for the admin's page: its files, and index.html for each of its paths. */
export type AnswerPage = (ask: HttpAsk, newNonce: () => string) => Promise<HttpAnswer>;

interface PortalFile {
  readonly contentType: string;
  readonly etag: string;
  readonly isHashed: boolean;
  /** As it is. */
  plain(): Promise<Buffer>;
  /** Packed; undefined where that does not pay. */
  brotli(): Promise<Buffer | undefined>;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};
/** As esbuild names what it writes: `main-5QFKN3RY.js`. */
const hashed = /-[A-Z0-9]{8}\.\w+$/;
/** Not the page's: the host's, the platform's and the API's own. */
const others = /^\/(api|\.auth|runtime|admin)(\/|$)/i;
/** Names of pages, connectors and drops: nothing else is in a page's path, so anything else is a file that is not there. */
const pagePath = /^\/(?:[a-z0-9-]+\/)*[a-z0-9-]*$/i;
const pack = promisify(brotliCompress);
const unpack = promisify(brotliDecompress);
/** A file that lies there packed already, as the published zip has it. */
const packedName = ".br";

/**
 * Serves a folder's files. They are all read at the first request and looked up by their names, so that no path leads out of
 * the folder, however it is written.
 */
export function createPortal(folder: string): AnswerPage {
  let known: ReadonlyMap<string, PortalFile> | undefined;
  const read = async (): Promise<ReadonlyMap<string, PortalFile>> => {
    const files = known ?? (await readFiles(folder));
    // A page that is just being built is looked for again.
    if (files.has("/index.html")) known = files;
    return files;
  };
  return async (ask, newNonce) => {
    try {
      return await answer(await read(), ask, newNonce);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      return secured(toProblemAnswer(error, ask.method), { type: "api" }, ask);
    }
  };
}

async function answer(
  files: ReadonlyMap<string, PortalFile>,
  ask: HttpAsk,
  newNonce: () => string,
): Promise<HttpAnswer> {
  const path = ask.url.pathname;
  if (others.test(path)) throw new ApiProblem("not-found", "There is nothing here; the API is below /api/v1.");
  const allow = "GET, HEAD, OPTIONS";
  if (ask.method === "OPTIONS") return secured({ status: 204, headers: { allow } }, { type: "file" }, ask);
  if (ask.method !== "GET" && ask.method !== "HEAD") {
    throw new ApiProblem("method-not-allowed", `It takes ${allow}.`, { headers: { allow } });
  }
  const file = path === "/index.html" ? undefined : files.get(path);
  if (file !== undefined) return await answerFile(file, ask);
  if (path !== "/index.html" && !pagePath.test(path)) throw new ApiProblem("not-found", "There is nothing here.");
  return await answerIndex(files.get("/index.html"), ask, newNonce());
}

async function answerFile(file: PortalFile, ask: HttpAsk): Promise<HttpAnswer> {
  const kind: AnswerKind = { type: file.isHashed ? "asset" : "file" };
  const headers = { "content-type": file.contentType, etag: file.etag, vary: "accept-encoding" };
  if (ask.headers.get("if-none-match") === file.etag) {
    return secured({ status: 304, headers: { etag: file.etag, vary: "accept-encoding" } }, kind, ask);
  }
  const brotli = takesBrotli(ask) ? await file.brotli() : undefined;
  const encoding: Readonly<Record<string, string>> = brotli === undefined ? {} : { "content-encoding": "br" };
  const content = ask.method === "HEAD" ? undefined : (brotli ?? (await file.plain()));
  return secured({ status: 200, headers: { ...headers, ...encoding }, content }, kind, ask);
}

async function answerIndex(index: PortalFile | undefined, ask: HttpAsk, nonce: string): Promise<HttpAnswer> {
  if (index === undefined) throw new ApiProblem("unavailable", "The page was not built; npm run build makes it.");
  const html = (await index.plain()).toString();
  const content = ask.method === "HEAD" ? undefined : html.replaceAll(noncePlaceholder, nonce);
  return secured(
    { status: 200, headers: { "content-type": index.contentType }, content },
    { type: "page", nonce },
    ask,
  );
}

function secured(answer: HttpAnswer, kind: AnswerKind, { url }: HttpAsk): HttpAnswer {
  return { ...answer, headers: { ...answer.headers, ...toSecurityHeaders(kind, url) } };
}

async function readFiles(folder: string): Promise<ReadonlyMap<string, PortalFile>> {
  const files = new Map<string, PortalFile>();
  for (const entry of await listFiles(folder)) {
    const isPacked = entry.endsWith(packedName);
    const name = isPacked ? entry.slice(0, -packedName.length) : entry;
    const contentType = contentTypes[extname(name)];
    // Source maps and whatever else lies there is not served.
    if (contentType === undefined) continue;
    const bytes = await readFile(entry);
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    const path = `/${relative(folder, name).split(sep).join("/")}`;
    files.set(path, {
      contentType,
      etag,
      isHashed: hashed.test(path),
      ...(isPacked ? toPacked(bytes) : toPlain(bytes)),
    });
  }
  return files;
}

/** A folder that is not there was not built: every path says so. */
async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function takesBrotli({ headers }: HttpAsk): boolean {
  return /(^|[\s,])br\s*(,|$)/i.test(headers.get("accept-encoding") ?? "");
}

/** Packs once a file and process. Level 9 takes tens of ms for the whole page, 11 over a second. */
function toPlain(bytes: Buffer): Pick<PortalFile, "plain" | "brotli"> {
  let packed: Promise<Buffer> | undefined;
  const brotli = async (): Promise<Buffer | undefined> => {
    packed ??= pack(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    return (await packed).byteLength < bytes.byteLength * 0.9 ? await packed : undefined;
  };
  return { plain: async () => bytes, brotli };
}

/** Unpacks for whoever does not take it packed: no browser of these years. */
function toPacked(bytes: Buffer): Pick<PortalFile, "plain" | "brotli"> {
  return { plain: async () => await unpack(bytes), brotli: async () => bytes };
}
