import { type ConnectorName, connectorName } from "../chat/identifiers.ts";
import { type Connector, connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { BrokenState } from "./broken-state.ts";

/** The connector of that name. @throws Error naming it when there is none. */
export async function connectorOf(blobs: Blobs, name: ConnectorName): Promise<Connector> {
  const found = await readDocument(blobs, paths.connector(name), connector);
  if (found === undefined) {
    throw new BrokenState(
      `There is no connector "${name}": state/connector/${name} is missing. Set it up again under the same name; its drops then go on.`,
    );
  }
  return found.value;
}

/** Names of all connectors. A name is listed even when its configuration cannot be read, so that its fault is told. */
export async function listConnectors(blobs: Blobs): Promise<ConnectorName[]> {
  const names: ConnectorName[] = [];
  for await (const { path } of blobs.list(paths.connectors)) {
    names.push(connectorName.parse(path.slice(paths.connectors.length)));
  }
  return names;
}
