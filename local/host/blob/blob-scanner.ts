import type { ContainerClient } from "@azure/storage-blob";
import type { HostLog } from "../log.ts";
import { pause } from "../pause.ts";
import type { Listener } from "../queue/queue-listener.ts";
import type { BlobPath } from "./blob-path.ts";
import type { BlobReceipts, BlobVersion } from "./blob-receipts.ts";

/** What looking for new blobs needs. */
export interface BlobScannerDeps {
  readonly container: ContainerClient;
  readonly path: BlobPath;
  readonly receipts: BlobReceipts;
  readonly enqueue: (version: BlobVersion) => Promise<void>;
  readonly scanIntervalInMs: number;
  readonly log: HostLog;
}

/** Blob name to the version that has its receipt. */
type SeenBlobs = Map<string, string>;

/**
 * Lists the container again and again and puts each new version of a fitting blob into the host's queue once.
 * A listing that fails is tried again at the next interval.
 */
export function startBlobScanner(deps: BlobScannerDeps): Listener {
  const stopping = new AbortController();
  const loop = scanUntil(deps, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}

async function scanUntil(deps: BlobScannerDeps, signal: AbortSignal): Promise<void> {
  let seen: SeenBlobs | undefined;
  while (!signal.aborted) {
    try {
      seen = await scan(deps, seen ?? (await readSeen(deps)), signal);
    } catch (error) {
      if (!isMissing(error)) {
        deps.log({
          level: "warning",
          source: "host",
          message: `Container ${deps.path.container} could not be listed: ${String(error)}`,
        });
      }
    }
    await pause(deps.scanIntervalInMs, signal);
  }
}

async function readSeen({ receipts, path }: BlobScannerDeps): Promise<SeenBlobs> {
  const seen: SeenBlobs = new Map();
  for await (const { name, etag } of receipts.listCompleted(path.container)) seen.set(name, etag);
  return seen;
}

/** One pass; returns what is there and done, so that memory follows the container's size and not its history. */
async function scan(deps: BlobScannerDeps, seen: SeenBlobs, signal: AbortSignal): Promise<SeenBlobs> {
  const { container, path } = deps;
  const still: SeenBlobs = new Map();
  for await (const { name, properties } of container.listBlobsFlat({ prefix: path.prefix })) {
    if (signal.aborted) break;
    if (path.match(name) === undefined) continue;
    const version = { container: path.container, name, etag: toQuoted(properties.etag) };
    if (seen.get(name) === version.etag || (await announce(deps, version))) still.set(name, version.etag);
  }
  return still;
}

async function announce({ receipts, enqueue }: BlobScannerDeps, version: BlobVersion): Promise<boolean> {
  return (await receipts.announce(version, () => enqueue(version))) === "done";
}

/** Listings give the ETag without its quotes, everything else with them. */
function toQuoted(etag: string): string {
  return etag.startsWith('"') ? etag : `"${etag}"`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 404;
}
