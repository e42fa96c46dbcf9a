import type { FileCheck, Replaced } from "../../shared/api/contract/mapping.ts";
import { toDownloadUrl } from "../api.ts";
import { uploadFile } from "../upload.ts";

/** A list that is uploaded: who has which mailbox, or whose chats are imported. */
export type ListKind = "mapping" | "hold-list";

/** As shared/api/contract/mapping.ts has it: a larger file need not be sent to be refused. */
export const mostFileBytes = 10 * 1024 * 1024;

const endpoints = {
  mapping: { check: "checkMapping", replace: "replaceMapping" },
  "hold-list": { check: "checkHoldList", replace: "replaceHoldList" },
} as const;

/** What an upload goes along with. */
export interface ListUploadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (percent: number) => void;
  /** How many of its addresses were looked up before. */
  readonly lookUpFrom?: number | undefined;
}

/** Has a file checked without taking it. @throws ApiError */
export async function checkList(
  kind: ListKind,
  name: string,
  content: Blob,
  { signal, onProgress, lookUpFrom = 0 }: ListUploadOptions = {},
): Promise<FileCheck> {
  const { body } = await uploadFile(
    endpoints[kind].check,
    { params: { name }, query: { lookUpFrom } },
    {
      content,
      contentType: "text/csv",
      signal,
      onProgress: (sent, total) => onProgress?.(total === 0 ? 100 : Math.floor((sent / total) * 100)),
    },
  );
  return body;
}

/** Takes a file. @throws ApiError, `changed-meanwhile` when another one was taken since `ifMatch` was read */
export async function replaceList(
  kind: ListKind,
  name: string,
  content: Blob,
  { goodLinesOnly, ifMatch }: { readonly goodLinesOnly: boolean; readonly ifMatch: string | undefined },
): Promise<Replaced> {
  const asked = { params: { name }, query: { goodLinesOnly: String(goodLinesOnly) } };
  const { body } = await uploadFile(endpoints[kind].replace, asked, {
    content,
    contentType: "text/csv",
    ifMatch,
    onProgress: () => undefined,
  });
  return body;
}

/** Where the list that is kept can be downloaded. */
export function toListUrl(kind: ListKind, name: string): string {
  const asked = { params: { name } };
  return kind === "mapping" ? toDownloadUrl("downloadMapping", asked) : toDownloadUrl("downloadHoldList", asked);
}
