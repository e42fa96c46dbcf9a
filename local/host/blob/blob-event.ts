import type { BlobGetPropertiesResponse, BlockBlobClient } from "@azure/storage-blob";
import { z } from "zod";
import type { Invoke } from "../invoker.ts";
import type { HostLog } from "../log.ts";
import type { RpcTypedData } from "../worker/protocol.ts";
import type { WatchedFunction } from "./blob-trigger.ts";

const blobEvent = z.looseObject({
  FunctionId: z.string(),
  ContainerName: z.string(),
  BlobName: z.string(),
  ETag: z.string(),
});

/** What handling a blob event needs. */
export interface BlobEventDeps {
  readonly invoke: Invoke;
  readonly log: HostLog;
}

/**
 * Runs the function a blob event is for; true when it succeeded or there is nothing to do: the blob is gone, has a newer
 * version (which has an event of its own), or the function is no longer there.
 */
export async function executeBlobEvent(
  text: string,
  functions: readonly WatchedFunction[],
  { invoke, log }: BlobEventDeps,
): Promise<boolean> {
  const { FunctionId, ContainerName, BlobName, ETag } = blobEvent.parse(JSON.parse(text));
  const blobFunction = functions.find(({ name }) => `Host.Functions.${name}` === FunctionId);
  const tokens = blobFunction?.trigger.path.match(BlobName);
  if (blobFunction === undefined || tokens === undefined) {
    log({ level: "warning", source: "host", message: `A blob event for ${FunctionId} has no function any more.` });
    return true;
  }
  const blob = blobFunction.container.getBlockBlobClient(BlobName);
  const found = await readVersion(blob, ETag);
  if (found === undefined) return true;
  const { outcome } = await invoke({
    functionName: blobFunction.name,
    bindingName: blobFunction.trigger.bindingName,
    reason: "New blob detected(LogsAndContainerScan).",
    data: { bytes: found.content },
    triggerMetadata: { ...toMetadata(blob, `${ContainerName}/${BlobName}`, found.properties), ...toTokens(tokens) },
  });
  return outcome === "succeeded";
}

interface FoundVersion {
  readonly properties: BlobGetPropertiesResponse;
  readonly content: Uint8Array;
}

async function readVersion(blob: BlockBlobClient, etag: string): Promise<FoundVersion | undefined> {
  try {
    const properties = await blob.getProperties();
    if (properties.etag !== etag) return undefined;
    const content = await blob.downloadToBuffer(0, undefined, { conditions: { ifMatch: etag } });
    return { properties, content };
  } catch (error) {
    const isGone =
      error instanceof Error && "statusCode" in error && (error.statusCode === 404 || error.statusCode === 412);
    if (isGone) return undefined;
    throw error;
  }
}

function toMetadata(
  blob: BlockBlobClient,
  path: string,
  properties: BlobGetPropertiesResponse,
): Record<string, RpcTypedData> {
  const { etag, contentLength, contentType, lastModified, metadata } = properties;
  const described = { ETag: etag, ContentLength: contentLength, ContentType: contentType, LastModified: lastModified };
  return {
    BlobTrigger: { string: path },
    Uri: { json: JSON.stringify(blob.url) },
    Properties: { json: JSON.stringify(described) },
    Metadata: { json: JSON.stringify(metadata ?? {}) },
  };
}

/** Texts, as the real host sends them; the library then parses those that look like JSON, so `20261122` arrives as a number. */
function toTokens(tokens: Readonly<Record<string, string>>): Record<string, RpcTypedData> {
  return Object.fromEntries(Object.entries(tokens).map(([name, value]) => [name, { string: value }]));
}
