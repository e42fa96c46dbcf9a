import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * As much of Graph as importing asks for, and as cheap as it can be, in a process of its own: what is measured is the
 * client. It takes every creation, remembers the Message-IDs by day and gives them back to who reads a day back.
 * `node import-stub.ts <folder of certificates> <latency in ms>`; tells its port over the channel, ends when that closes.
 */
const [folder = "", latency = "0"] = process.argv.slice(2);
const latencyInMs = Number(latency);
const pageLength = 500;

/** Message-IDs by user and day. */
const kept = new Map<string, string[]>();
let created = 0;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? "";
  const body = request.method === "POST" ? await readAll(request) : "";
  if (latencyInMs > 0) await sleep(latencyInMs);
  const user = /^\/v1\.0\/users\/([^/]+)\//.exec(url)?.[1] ?? "";
  if (request.method === "POST") send(response, 201, url.endsWith("/messages") ? create(user, body) : toFolder(user));
  else if (url.includes("/messages?")) send(response, 200, list(user, url, request.headers.host ?? ""));
  else if (url.includes("/msgfolderroot")) send(response, 200, `{"id":"root-${user}"}`);
  else if (url.includes("/mailFolders")) send(response, 200, `{"value":[${toFolder(user)}]}`);
  else send(response, 200, toUser(url));
}

/** Everybody is a user, and the part of the address before the @ is the object id. */
function toUser(url: string): string {
  const address = decodeURIComponent(/^\/v1\.0\/users\/([^/?]+)/.exec(url)?.[1] ?? "");
  return `{"id":"${address.split("@")[0]}","mail":"${address}","userPrincipalName":"${address}","displayName":"A User"}`;
}

function toFolder(user: string): string {
  return `{"id":"folder-${user}","displayName":"ICE Chat"}`;
}

/** Found by patterns: parsing would cost more than all the rest of the answer. */
function create(user: string, body: string): string {
  const messageId = /"internetMessageId":"([^"]+)"/.exec(body)?.[1] ?? "";
  const at = /"SystemTime 0x0E06","value":"([^"]+)"/.exec(body)?.[1] ?? "";
  const name = `${user} ${at.slice(0, 10)}`;
  const ofDay = kept.get(name) ?? [];
  kept.set(name, ofDay);
  ofDay.push(messageId);
  created += 1;
  const dates = `"receivedDateTime":"${at}","sentDateTime":"${at}"`;
  return `{"id":"AAMk${created}","isDraft":false,${dates},"parentFolderId":"folder-${user}","internetMessageId":"${messageId}"}`;
}

function list(user: string, url: string, host: string): string {
  const query = new URL(url, "https://stub").searchParams;
  const day = /receivedDateTime ge (\d{4}-\d{2}-\d{2})/.exec(query.get("$filter") ?? "")?.[1] ?? "";
  const from = Number(query.get("$skip") ?? 0);
  const all = kept.get(`${user} ${day}`) ?? [];
  const page = all.slice(from, from + pageLength).map((id, i) => `{"id":"K${from + i}","internetMessageId":"${id}"}`);
  query.set("$skip", String(from + pageLength));
  const link = `https://${host}${url.split("?")[0]}?${query.toString().replaceAll("+", "%20")}`;
  const next = all.length > from + pageLength ? `,"@odata.nextLink":"${link}"` : "";
  return `{"value":[${page.join(",")}]${next}}`;
}

async function readAll(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString("latin1");
}

function send(response: ServerResponse, status: number, json: string): void {
  response.writeHead(status, { "content-type": "application/json", "content-length": json.length });
  response.end(json);
}

const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
const listener = (request: IncomingMessage, response: ServerResponse): void => {
  answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
};
const server =
  folder === ""
    ? createServer(listener)
    : createSecureServer({ cert: await read("server.pem"), key: await read("server-key.pem") }, listener);
server.keepAliveTimeout = 60_000;
process.once("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  const address: AddressInfo | string | null = server.address();
  if (address !== null && typeof address !== "string") process.send?.({ port: address.port });
});
