import type { IncomingMessage, ServerResponse } from "node:http";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import { startListener } from "../stand-ins/https-listener.ts";
import { pageStyle } from "./page-frame.ts";

/** What one address of a page answers. */
export interface Answer {
  readonly status: number;
  readonly type: "text/html" | "text/css" | "text/plain";
  readonly text: string;
  /** Content-Security-Policy, where it is another than the site's. */
  readonly policy?: string;
}

/** A site that only shows. */
export interface PageSite {
  /** Content-Security-Policy of its pages. */
  readonly policy: string;
  /** Answers a GET; undefined where there is nothing. */
  answer(url: URL): Answer | undefined | Promise<Answer | undefined>;
}

const COMMON = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
  "cross-origin-resource-policy": "same-origin",
} as const;

/**
 * Starts a site that shows what lies on this machine, to this machine only, and that changes nothing.
 *
 * @throws the reason why the port cannot be used
 */
export function startPage(options: ListenOptions, site: PageSite): Promise<Listener> {
  return startListener(options, async (request, response) => {
    const answer = await toAnswer(site, request);
    send(response, { policy: site.policy, ...answer }, request.method !== "HEAD");
  });
}

function send(response: ServerResponse, answer: Required<Answer>, hasBody: boolean): void {
  const { status, type, policy, text } = answer;
  response.writeHead(status, {
    ...COMMON,
    "content-type": `${type}; charset=utf-8`,
    "content-security-policy": policy,
    "content-length": Buffer.byteLength(text),
  });
  response.end(hasBody ? text : undefined);
}

async function toAnswer(site: PageSite, request: IncomingMessage): Promise<Answer> {
  // A name that someone else's DNS points at this machine must not open what lies here to that someone's web page.
  if (!isThisMachine(request.headers.host)) return toPlain(421, "Open this page as http://localhost.");
  if (request.method !== "GET" && request.method !== "HEAD") return toPlain(405, "This page only shows.");
  const url = new URL(`http://localhost${request.url ?? "/"}`);
  if (url.pathname === "/style.css") return { status: 200, type: "text/css", text: pageStyle };
  return (await site.answer(url)) ?? toPlain(404, "There is nothing here.");
}

function isThisMachine(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? "");
}

/** An answer in one sentence, for what cannot be shown. */
export function toPlain(status: number, text: string): Answer {
  return { status, type: "text/plain", text: `${text}\n` };
}

/** A page; `policy` where it needs another one than the site's. */
export function toHtml(text: string, policy?: string): Answer {
  return { status: 200, type: "text/html", text, ...(policy === undefined ? {} : { policy }) };
}

/** The page that was asked for by `?page=`, from 1. */
export function toPageNumber(url: URL): number {
  return Math.max(1, Math.trunc(Number(url.searchParams.get("page") ?? 1)) || 1);
}
