import { Cron } from "croner";
import type { ConnectorName } from "../chat/identifiers.ts";
import type { Connector } from "../config/connector.ts";
import type { SiteError } from "../fetch/site-error.ts";
import { paths } from "../store/paths.ts";
import { putDocument } from "../store/state-document.ts";
import { toErrorFields } from "../telemetry/error-fields.ts";
import { connectorOf, listConnectors } from "./connector-book.ts";
import { listOpenIdsOf } from "./drop-book.ts";
import { type FetchDeps, type Fetched, fetchConnector } from "./fetch-connector.ts";
import { type FetchRecord, fetchRecord, readFetchRecord } from "./fetch-record.ts";
import { type MeasureSecretsDeps, measureSecrets } from "./measure-secrets.ts";

/** What fetching by schedule takes. */
export interface FetchDueDeps extends FetchDeps, MeasureSecretsDeps {
  readonly secrets: FetchDeps["secrets"] & MeasureSecretsDeps["secrets"];
  readonly clock: FetchDeps["clock"];
  /** Connectors at once. */
  readonly atOnce: number;
  /** After a failed fetch the next try comes after this. */
  readonly retryAfterInMs: number;
}

/** What noting when takes. */
type NoteDeps = Pick<FetchDeps, "blobs" | "writer"> & { readonly clock: { now(): number } };

/** What fetching one connector takes. */
export type FetchNowDeps = Omit<FetchDueDeps, "atOnce">;

/**
 * Fetches every connector whose time has come, a few side by side: one site that hangs or fails stops no other. Surprises
 * are thrown together at the end, so that the run counts as failed.
 */
export async function fetchDue(deps: FetchDueDeps): Promise<void> {
  const waiting = await listConnectors(deps.blobs);
  const faults: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await fetchIfDue(deps, name).catch((fault: unknown) => faults.push(fault));
    }
  };
  await Promise.all(Array.from({ length: deps.atOnce }, lane));
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} connectors could not be fetched.`);
}

async function fetchIfDue(deps: FetchDueDeps, name: ConnectorName): Promise<void> {
  const connector = await connectorOf(deps.blobs, name);
  const record = await readFetchRecord(deps.blobs, name);
  if (isDue(connector, record, deps.clock.now(), deps.retryAfterInMs)) await fetchNow(deps, name);
}

/**
 * Fetches one connector now, whatever its schedule, and notes when. What the site refuses is noted and logged with what to
 * do, and the site is then left alone for a while, whoever asks: a queue would try again five times, and a site that is
 * sent a wrong password twenty times an hour locks the account. What was fetched before goes on all the same. Surprises
 * are noted, logged and thrown.
 */
export async function fetchNow(deps: FetchNowDeps, name: ConnectorName): Promise<Fetched["outcome"] | "gone"> {
  const triedAt = deps.clock.now();
  const { refused } = (await readFetchRecord(deps.blobs, name)) ?? {};
  const isSiteSpared = refused !== undefined && triedAt < refused.until;
  const onRefusal = (refusal: SiteError): Promise<void> => noteRefusal(deps, name, triedAt, refusal);
  try {
    const choices = { isSiteSpared, onRefusal, onFreshFiles: () => note(deps, name, { lastFileAt: triedAt }) };
    const { outcome, unsettled } = await fetchConnector(deps, name, choices);
    deps.log.info("connector.fetched", { connector: name, outcome });
    if (outcome === "fetched") {
      await note(deps, name, { triedAt, fetchedAt: triedAt, unsettled, refused: undefined });
      await measureSecrets(deps, await connectorOf(deps.blobs, name));
    }
    return outcome;
  } catch (fault) {
    if (await isGone(deps, name)) {
      deps.log.info("connector.fetched", { connector: name, outcome: "gone" });
      return "gone";
    }
    deps.log.error("connector.fetch-failed", { connector: name, ...toErrorFields(fault) });
    if (!isSiteSpared) await note(deps, name, { triedAt });
    throw fault;
  }
}

/** Deleted after the fetch was asked for. Where a drop waits for it somebody has to hear of it: that is a fault. */
async function isGone({ blobs }: Pick<FetchNowDeps, "blobs">, name: ConnectorName): Promise<boolean> {
  if ((await blobs.head(paths.connector(name))) !== undefined) return false;
  for await (const _ of listOpenIdsOf(blobs, name)) return false;
  return true;
}

/** Lets the next fetch ask a site again that has refused: for an admin who has changed something and wants to see. */
export async function forgetRefusal(deps: NoteDeps, name: ConnectorName): Promise<void> {
  if ((await readFetchRecord(deps.blobs, name))?.refused !== undefined) await note(deps, name, { refused: undefined });
}

/** Notes that a site has refused, so that nobody asks it again for a while, and tells why. */
export async function noteRefusal(
  deps: NoteDeps & Pick<FetchNowDeps, "log" | "retryAfterInMs">,
  name: ConnectorName,
  triedAt: number,
  refusal: SiteError,
): Promise<void> {
  const until = triedAt + deps.retryAfterInMs;
  deps.log.error("connector.fetch-failed", {
    connector: name,
    reason: refusal.reason,
    nextTryAt: until,
    ...toErrorFields(refusal),
  });
  await note(deps, name, { triedAt, refused: { reason: refusal.reason, until } });
}

async function note(deps: NoteDeps, name: ConnectorName, change: Partial<FetchRecord>): Promise<void> {
  const first: FetchRecord = { v: 1, triedAt: 0, unsettled: 0, lastFileAt: deps.clock.now() };
  const next = (old: FetchRecord = first): FetchRecord => ({ ...old, ...change });
  await putDocument(deps.blobs, paths.fetch(name), fetchRecord, next, { writer: deps.writer });
}

/**
 * Due when its schedule has come up since it was last fetched well; after a failed try not before the wait is over. Where
 * files still grew it is due after the same wait: by its schedule they would be taken a day late.
 */
export function isDue(
  { schedule, zone, isPaused }: Pick<Connector, "schedule" | "zone" | "isPaused">,
  record: Pick<FetchRecord, "fetchedAt" | "triedAt" | "unsettled"> | undefined,
  now: number,
  retryAfterInMs: number,
): boolean {
  if (isPaused) return false;
  if (record === undefined) return true;
  const isTriedSince = record.triedAt > (record.fetchedAt ?? 0);
  const isWaited = now - record.triedAt >= retryAfterInMs;
  if (isTriedSince && !isWaited) return false;
  if (record.unsettled > 0 && isWaited) return true;
  const since = new Date(record.fetchedAt ?? 0);
  const next = new Cron(schedule, { timezone: zone, paused: true }).nextRun(since);
  return next !== null && next.getTime() <= now;
}
