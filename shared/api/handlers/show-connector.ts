import type { ConnectorName, DropId } from "../../chat/identifiers.ts";
import { type Connector, connector as connectorSchema } from "../../config/connector.ts";
import { SiteError, siteReasons } from "../../fetch/site-error.ts";
import type { DropBoard } from "../../pipeline/drop-board.ts";
import { type FetchRecord, readFetchRecord } from "../../pipeline/fetch-record.ts";
import { type LastValidation, readLastValidation } from "../../pipeline/last-validation.ts";
import { lookOverDrops } from "../../pipeline/latest-drop.ts";
import { nextFetchAt } from "../../pipeline/next-fetch.ts";
import { ownerOf, type SecretOwner } from "../../pipeline/secret-owner.ts";
import { type SecretPart, secretName } from "../../secrets/secret-name.ts";
import type { Secrets } from "../../secrets/secrets.ts";
import { paths } from "../../store/paths.ts";
import { DocumentFault, readDocument, type StoredDocument } from "../../store/state-document.ts";
import type { ConnectorDetails, ConnectorSummary } from "../contract/connectors.ts";
import { notFound } from "../problem.ts";
import { type SetupDeps, toInstant, toOptionalInstant } from "./setup-deps.ts";
import { toDropRow } from "./show-drop.ts";

/** What showing connectors takes. */
export interface ShowConnectorDeps extends Pick<SetupDeps, "blobs" | "clock"> {
  readonly secrets: Pick<Secrets, "datesOf">;
  readonly board: Pick<DropBoard, "read">;
}

/** The connector of a name. @throws ApiProblem (404) */
export async function requireConnector(
  { blobs }: Pick<SetupDeps, "blobs">,
  name: ConnectorName,
): Promise<StoredDocument<Connector>> {
  const found = await readDocument(blobs, paths.connector(name), connectorSchema);
  if (found === undefined) throw notFound("connector");
  return found;
}

/** A connector with all its settings, as it is told. */
export async function showConnector(
  deps: ShowConnectorDeps,
  { value, etag }: StoredDocument<Connector>,
): Promise<{ readonly etag: string; readonly body: ConnectorDetails }> {
  const validated = await readLastValidation(deps.blobs, value.name);
  const { lastDrop, openDrops, heldDrops } = await showDrops(deps, value.name);
  const body: ConnectorDetails = {
    connector: value,
    fetches: await showFetches(deps, value),
    ...(lastDrop === undefined ? {} : { lastDrop }),
    ...{ openDrops, heldDrops },
    ...(validated === undefined ? {} : { validated: toLastValidation(validated) }),
  };
  return { etag, body };
}

/** A connector as a list shows it; undefined when it is gone by now. One that cannot be read hides no other. */
export async function summariseConnector(
  deps: ShowConnectorDeps,
  name: ConnectorName,
): Promise<ConnectorSummary | undefined> {
  try {
    const found = await readDocument(deps.blobs, paths.connector(name), connectorSchema);
    if (found === undefined) return undefined;
    const { feed, isPaused, site, schedule, zone } = found.value;
    const [fetches, drops, secrets] = await Promise.all([
      showFetches(deps, found.value),
      showDrops(deps, name),
      showSecretAges(deps, ownerOf(found.value)),
    ]);
    const { lastDrop, openDrops, heldDrops } = drops;
    return {
      ...{ name, feed, isPaused, host: site.host, schedule, zone, fetches, openDrops, heldDrops, secrets },
      ...(lastDrop === undefined ? {} : { lastDrop }),
    };
  } catch (error) {
    if (!(error instanceof DocumentFault)) throw error;
    return { name, problem: error.message };
  }
}

async function showFetches({ blobs, clock }: ShowConnectorDeps, one: Connector): Promise<ConnectorDetails["fetches"]> {
  const record = await readFetchRecord(blobs, one.name);
  const { fetchedAt, triedAt = 0, lastFileAt, unsettled = 0, refused } = record ?? {};
  return {
    unsettled,
    ...toOptionalInstant("fetchedAt", fetchedAt),
    ...toOptionalInstant("triedAt", triedAt === 0 ? undefined : triedAt),
    // Before there was a file the record says when the connector was first fetched.
    ...toOptionalInstant("lastFileAt", lastFileAt),
    ...toOptionalInstant("nextAt", nextFetchAt(one, clock.now())),
    ...(refused === undefined ? {} : { refused: toRefused(refused) }),
  };
}

function toRefused({ reason, until }: NonNullable<FetchRecord["refused"]>) {
  const known = siteReasons.find((one) => one === reason);
  const message = known === undefined ? "The SFTP site refused the last try." : new SiteError(known).message;
  return { reason, message, until: toInstant(until) };
}

async function showDrops(
  deps: ShowConnectorDeps,
  name: ConnectorName,
): Promise<Pick<ConnectorDetails, "lastDrop" | "openDrops" | "heldDrops">> {
  const { latest, open, held } = await lookOverDrops(deps.blobs, name, deps.clock.now());
  const lastDrop = latest === undefined ? undefined : await showLastDrop(deps, latest);
  return { openDrops: open.length, heldDrops: held, ...(lastDrop === undefined ? {} : { lastDrop }) };
}

/** What a list may read of a running drop; of one that takes more there are no sums. */
const readsOfLastDrop = 200;

async function showLastDrop({ board }: ShowConnectorDeps, id: DropId): Promise<ConnectorDetails["lastDrop"]> {
  const now = await board.read(id, { left: readsOfLastDrop });
  if (now === undefined) return undefined;
  const { state, generation, closedAt, needs, whole, ...row } = toDropRow(now);
  const { items = 0, equation, isBalanced, unmappedItems } = whole ?? row;
  const told = {
    ...{ drop: id, gen: generation ?? 1, state, items, needs },
    ...(closedAt === undefined ? {} : { closedAt }),
  };
  if (whole === undefined && state !== "closed") return told;
  return {
    ...told,
    ...(equation === undefined ? {} : { equation }),
    ...(isBalanced === undefined ? {} : { isBalanced }),
    ...(unmappedItems === undefined ? {} : { unmappedItems }),
  };
}

async function showSecretAges(
  { secrets }: ShowConnectorDeps,
  owner: SecretOwner,
): Promise<NonNullable<ConnectorSummary["secrets"]>> {
  const age = async (part: SecretPart): Promise<{ isSet: boolean; setAt?: string; expiresAt?: string }> => {
    const dates = await secrets.datesOf(secretName(owner.name, part));
    const told = {
      ...toOptionalInstant("setAt", dates?.createdAt),
      ...toOptionalInstant("expiresAt", dates?.expiresAt),
    };
    return { isSet: dates !== undefined, ...told };
  };
  const [newest] = owner.keys;
  const ages: NonNullable<ConnectorSummary["secrets"]> = [];
  if (owner.login !== "key") ages.push({ kind: "sftp-password", ...(await age("sftp-password")) });
  if (owner.login !== "password") ages.push({ kind: "ssh-key", ...(await age("sftp-private-key")) });
  if (newest !== undefined) {
    ages.push({ kind: "pgp-key", number: newest, ...(await age(`pgp-private-key-${newest}`)) });
  }
  return ages;
}

/** How a connection was last found, as it is told. */
export function toLastValidation({
  at,
  verdict,
  ...found
}: LastValidation): NonNullable<ConnectorDetails["validated"]> {
  return { at: toInstant(at), ...found, verdict: verdict ?? (found.isOk ? "works" : "fails") };
}
