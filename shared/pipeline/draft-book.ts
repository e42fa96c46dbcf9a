import * as z from "zod";
import { type ConnectorName, connectorName } from "../chat/identifiers.ts";
import { type Connector, connector, keyNumbers } from "../config/connector.ts";
import { draftValues, type UnfinishedConnector, unfinishedConnector } from "../config/connector-values.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { readDocument, type StoredDocument } from "../store/state-document.ts";
import { toFaults, type ValueFault } from "./merge-values.ts";

/**
 * `state/draft/{name}`: a connector that is being set up. Its secrets, mapping and hold list lie where the connector's will;
 * this holds the rest.
 */
export const draft = z.strictObject({
  v: z.literal(1),
  name: connectorName,
  /** ms since 1970 */
  createdAt: z.number(),
  changedAt: z.number(),
  /** Who has accepted the terms, as the audit names them, and when. */
  terms: z.strictObject({ acceptedBy: z.string(), acceptedAt: z.number() }).optional(),
  values: draftValues,
  /** Numbers of its PGP keys, newest first. */
  keys: keyNumbers,
  /** It is being made a connector of, or that was broken off: nobody changes its values any more. */
  isFinishing: z.boolean().optional(),
});
/** A connector that is being set up. */
export type Draft = z.infer<typeof draft>;

/** Reads a draft; undefined when there is none of that name. */
export async function readDraft(
  blobs: Pick<Blobs, "read">,
  name: ConnectorName,
): Promise<StoredDocument<Draft> | undefined> {
  return await readDocument(blobs, paths.draft(name), draft);
}

/** Names of all drafts, in order. */
export async function* listDraftNames(blobs: Pick<Blobs, "list">): AsyncIterable<ConnectorName> {
  for await (const { path } of blobs.list(paths.drafts)) yield connectorName.parse(path.slice(paths.drafts.length));
}

/** The connector that a draft would become, or what is missing or wrong. */
export function toFinished(one: Draft): { readonly connector: Connector } | { readonly faults: readonly ValueFault[] } {
  const parsed = connector.safeParse({ ...toInput(one), isPaused: false });
  return parsed.success ? { connector: parsed.data } : { faults: toFaults(parsed.error.issues) };
}

/** The same before its host keys are confirmed and its PGP key is made: what the connection is tried with. */
export function toUnfinished(
  one: Draft,
): { readonly connector: UnfinishedConnector } | { readonly faults: readonly ValueFault[] } {
  const parsed = unfinishedConnector.safeParse(toInput(one));
  return parsed.success ? { connector: parsed.data } : { faults: toFaults(parsed.error.issues) };
}

function toInput({ name, values, keys }: Draft): object {
  const { encryption = { type: "pgp" as const }, ...others } = values;
  // ICE gives the firm code as the user name.
  const user = values.site?.user ?? values.feed;
  const site = { ...values.site, ...(user === undefined ? {} : { user }) };
  const ofFiles = encryption.type === "none" ? encryption : { type: "pgp", keys, signers: encryption.signers ?? [] };
  return { ...others, v: 1, name, site, encryption: ofFiles };
}
