import { type Connector, connector as connectorSchema } from "../../shared/config/connector.ts";
import type { BlobPath, Blobs } from "../../shared/store/blobs.ts";
import { paths } from "../../shared/store/paths.ts";
import { putDocument } from "../../shared/store/state-document.ts";

/**
 * Puts the connector and its mapping where the app keeps them; what an earlier start left is replaced. When it was last
 * fetched is forgotten: whoever starts wants it fetched now.
 */
export async function saveConnector(blobs: Blobs, connector: Connector, mappingCsv: string): Promise<void> {
  const path = paths.connector(connector.name);
  await putDocument(blobs, path, connectorSchema, () => connector, { writer: "npm start" });
  await putBytes(blobs, paths.mapping(connector.name), Buffer.from(mappingCsv));
  await blobs.remove(paths.fetch(connector.name));
}

async function putBytes(blobs: Blobs, path: BlobPath, bytes: Buffer): Promise<void> {
  const there = await blobs.read(path);
  if (there === undefined) await blobs.create(path, bytes);
  else if (!there.bytes.equals(bytes)) await blobs.replace(path, bytes, there.etag);
}
