import { type Connector, connector } from "../config/connector.ts";
import { type ConnectorPatch, type DraftPatch, type DraftValues, draftValues } from "../config/connector-values.ts";

/** A field that cannot be as it is. */
export interface ValueFault {
  /** Such as `site.host`. */
  readonly path: string;
  readonly message: string;
}

/** What hosts and ports other than those that the fingerprints were shown by are told. */
const newHostKeys =
  "name the host keys as well: with another host or port those of the old one say nothing. Validating the connection shows them";

/**
 * A draft's values with a change. Host keys that were confirmed for another host or port are dropped, so that a password
 * never goes to a place that nobody has looked at.
 */
export function mergeDraftValues(values: DraftValues, patch: DraftPatch): DraftValues {
  const next = draftValues.parse(merged(values, patch));
  const isMoved = isOtherPlace(values.site, next.site) && (patch.site?.hostKeys ?? undefined) === undefined;
  if (!isMoved || next.site === undefined) return next;
  const { hostKeys: _, ...site } = next.site;
  return { ...next, site };
}

/**
 * A connector with a change, or what is wrong with it. Name, feed and the keys' numbers are never changed by it.
 * @param spareKeys numbers of its PGP keys, newest first, for one that goes over to encrypted files
 */
export function mergeConnector(
  before: Connector,
  patch: ConnectorPatch,
  spareKeys: readonly number[] = [],
): { readonly connector: Connector } | { readonly faults: readonly ValueFault[] } {
  const { name, feed, isPaused, encryption, v, ...choices } = before;
  const changed = merged(choices, patch);
  const input = {
    ...changed,
    v,
    name,
    feed,
    isPaused,
    encryption: toEncryption(encryption, patch.encryption, spareKeys),
  };
  const parsed = connector.safeParse(input);
  if (!parsed.success) return { faults: toFaults(parsed.error.issues) };
  if (isOtherPlace(before.site, parsed.data.site) && (patch.site?.hostKeys ?? undefined) === undefined) {
    return { faults: [{ path: "site.hostKeys", message: newHostKeys }] };
  }
  return { connector: parsed.data };
}

/** What a schema has found, in words of ours. */
export function toFaults(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): ValueFault[] {
  return issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
}

/** Whether a connection goes to another machine than before. A host's name has no case. */
function isOtherPlace(
  before: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined,
  after: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined,
): boolean {
  const place = (site: typeof before): string => `${(site?.host ?? "").toLowerCase()}:${site?.port ?? 22}`;
  return place(before) !== place(after);
}

/** Null takes the choice back: the default is pgp. Keys that a connector has are kept through it. */
function toEncryption(
  before: Connector["encryption"],
  patch: ConnectorPatch["encryption"],
  spareKeys: readonly number[],
): object {
  if (patch === undefined) return before;
  if (patch?.type === "none") return { type: "none" };
  const keys = before.type === "pgp" ? before.keys : spareKeys;
  return { type: "pgp", keys, ...(patch?.signers === undefined ? {} : { signers: patch.signers }) };
}

/** RFC 7396 for two levels: sites and items field by field, all else as a whole. */
function merged(before: Readonly<Record<string, unknown>>, patch: object): Record<string, unknown> {
  const next: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete next[field];
    else if (field === "site" || field === "item") next[field] = merged(toRecord(next[field]), toRecord(value));
    else if (value !== undefined) next[field] = value;
  }
  return next;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
