import type { IncomingMessage } from "node:http";

const byComp: Readonly<Record<string, string>> = {
  "PUT block": "Put Block",
  "PUT blocklist": "Put Block List",
  "PUT appendblock": "Append Block",
  "PUT lease": "Lease Blob",
  "PUT metadata": "Set Blob Metadata",
  "PUT properties": "Set Blob Properties",
  "GET list": "List Blobs",
  "GET blocklist": "Get Block List",
};

const byMethod: Readonly<Record<string, string>> = {
  GET: "Get Blob",
  HEAD: "Get Blob Properties",
  DELETE: "Delete Blob",
  POST: "Put Message",
};

/**
 * Names a request as storage's documentation does. Creating an append blob is told from a block blob as "Put Append Blob".
 * https://learn.microsoft.com/rest/api/storageservices/operations-on-blobs
 */
export function toStorageOperation({ method = "GET", url = "/", headers }: IncomingMessage): string {
  const query = new URL(url, "http://storage").searchParams;
  if (query.get("restype") === "container" && query.get("comp") === null) return `${method} container`;
  const comp = byComp[`${method} ${query.get("comp")}`];
  if (comp !== undefined) return comp;
  if (url.split("?")[0]?.endsWith("/messages")) return method === "POST" ? "Put Message" : "Get Messages";
  if (method !== "PUT") return byMethod[method] ?? method;
  if (headers["x-ms-blob-type"] === "AppendBlob") return "Put Append Blob";
  return headers["x-ms-blob-type"] === undefined ? "Create Queue" : "Put Blob";
}
