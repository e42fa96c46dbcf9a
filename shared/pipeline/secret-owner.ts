import type { ConnectorName } from "../chat/identifiers.ts";
import { type Connector, connector } from "../config/connector.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument } from "../store/state-document.ts";
import { type Draft, readDraft } from "./draft-book.ts";

/** Whose secrets they are, and which of them are needed. */
export interface SecretOwner {
  readonly name: ConnectorName;
  readonly login: Connector["site"]["login"];
  readonly isEncrypted: boolean;
  /** Numbers of the PGP keys in use, newest first. */
  readonly keys: readonly number[];
}

/** A connector, or a draft of one. */
export type Subject =
  | { readonly kind: "connector"; readonly value: Connector; readonly owner: SecretOwner }
  | { readonly kind: "draft"; readonly value: Draft; readonly owner: SecretOwner };

/** The connector of a name, or else the draft; undefined when there is neither. */
export async function readSubject(blobs: Pick<Blobs, "read">, name: ConnectorName): Promise<Subject | undefined> {
  const found = await readDocument(blobs, paths.connector(name), connector);
  if (found !== undefined) return { kind: "connector", value: found.value, owner: ownerOf(found.value) };
  const known = await readDraft(blobs, name);
  return known === undefined ? undefined : { kind: "draft", value: known.value, owner: ownerOfDraft(known.value) };
}

/** Which secrets a connector needs. */
export function ownerOf({ name, site, encryption }: Connector): SecretOwner {
  const keys = encryption.type === "pgp" ? encryption.keys : [];
  return { name, login: site.login, isEncrypted: encryption.type === "pgp", keys };
}

/** Which secrets a draft will need. */
export function ownerOfDraft({ name, values, keys }: Draft): SecretOwner {
  const isEncrypted = (values.encryption?.type ?? "pgp") === "pgp";
  return { name, login: values.site?.login ?? "password", isEncrypted, keys };
}
