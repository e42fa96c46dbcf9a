import type { TokenCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import type { BlobPath } from "./blobs.ts";
import type { StorageCalls } from "./storage-calls.ts";

/** How the storage account is reached: by a connection string (Azurite), or as a managed identity. */
export type StorageAccount =
  | { readonly connectionString: string }
  | { readonly credential: TokenCredential; readonly blobServiceUri: string; readonly queueServiceUri: string };

/** The SDK's clients of one account. */
export interface StorageClients {
  readonly blob: BlobServiceClient;
  readonly queue: QueueServiceClient;
}

/** What every operation on blobs needs. */
export interface BlobAccess {
  readonly service: BlobServiceClient;
  readonly calls: StorageCalls;
}

/**
 * Opens the account's clients; nothing is requested yet. The SDK's own retries are off, since StorageCalls does them with
 * a time limit for each; the server is told to give up first, so that a request does not take effect after we have stopped waiting.
 */
export function connectStorage(account: StorageAccount, serverTimeoutInMs = 50_000): StorageClients {
  const options = { retryOptions: { maxTries: 1, tryTimeoutInMs: serverTimeoutInMs } };
  if ("connectionString" in account) {
    return {
      blob: BlobServiceClient.fromConnectionString(account.connectionString, options),
      queue: QueueServiceClient.fromConnectionString(account.connectionString, options),
    };
  }
  return {
    blob: new BlobServiceClient(account.blobServiceUri, account.credential, options),
    queue: new QueueServiceClient(account.queueServiceUri, account.credential, options),
  };
}

/** Splits a path into container and name. Throws RangeError when it has no slash between the two. */
export function splitPath(path: BlobPath): { readonly container: string; readonly name: string } {
  const slash = path.indexOf("/");
  if (slash < 1) throw new RangeError(`a blob's path is container/name, not ${path}`);
  return { container: path.slice(0, slash), name: path.slice(slash + 1) };
}

/** The SDK's client of a block blob. */
export function toBlockBlob({ service }: BlobAccess, path: BlobPath) {
  const { container, name } = splitPath(path);
  return service.getContainerClient(container).getBlockBlobClient(name);
}

/** The SDK's client of an append blob. */
export function toAppendBlob({ service }: BlobAccess, path: BlobPath) {
  const { container, name } = splitPath(path);
  return service.getContainerClient(container).getAppendBlobClient(name);
}

/** An ETag as headers have it, in quotes; listings give it without. */
export function toEtag(etag: string | undefined): string {
  if (etag === undefined) throw new Error("storage gave no ETag");
  return etag.startsWith('"') ? etag : `"${etag}"`;
}
