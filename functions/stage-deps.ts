import { randomUUID } from "node:crypto";
import type { Connector } from "../shared/config/connector.ts";
import type { Directory } from "../shared/directory/directory.ts";
import { GraphDirectory } from "../shared/directory/graph-directory.ts";
import { GraphGroupMembers } from "../shared/directory/graph-group-members.ts";
import { MailboxEpochs } from "../shared/directory/mailbox-epochs.ts";
import { createMailboxFinder } from "../shared/directory/mailbox-finder.ts";
import { toObservedSite } from "../shared/fetch/observed-site.ts";
import type { SignInTold } from "../shared/fetch/sign-in.ts";
import { GraphMailbox } from "../shared/import/graph-mailbox.ts";
import type { CheckUpDeps } from "../shared/pipeline/check/check-up.ts";
import type { FetchDueDeps } from "../shared/pipeline/fetch-due.ts";
import type { GatherDeps } from "../shared/pipeline/gather-mailboxes.ts";
import type { ImportDeps } from "../shared/pipeline/import-deps.ts";
import type { MapChatsDeps } from "../shared/pipeline/map-chats.ts";
import { openSite } from "../shared/pipeline/open-site.ts";
import type { SweepRoundDeps } from "../shared/pipeline/sweep-round.ts";
import { systemClock } from "../shared/store/system-clock.ts";
import { toTracedQueues } from "../shared/store/traced-queues.ts";
import type { Log } from "../shared/telemetry/log.ts";
import { observed } from "../shared/telemetry/observed.ts";
import { toCheckUpDeps } from "./check-up-deps.ts";
import type { Clients } from "./clients.ts";
import type { Invocation } from "./invocation.ts";
import { toSiteOptions } from "./site-options.ts";

/** What the stages need, each its part of it. */
export interface StageDeps extends FetchDueDeps, MapChatsDeps, GatherDeps, SweepRoundDeps {
  readonly secrets: FetchDueDeps["secrets"];
  readonly clock: typeof systemClock;
  readonly import: ImportDeps;
  readonly checkUp: CheckUpDeps;
  readonly directory: Directory;
}

/** Puts together what an invocation's stage needs: the process's clients, and the invocation's own log. */
export function toStageDeps(clients: Clients, { log, trace }: Invocation, writer: string): StageDeps {
  const { settings, graph, secrets, peopleOf, mapTurns, gatherTurns, quietSweeps, observe } = clients;
  const storage = { blobs: clients.storage.blobs, queues: toTracedQueues(clients.storage.queues, trace) };
  const inMs = (seconds: number): number => seconds * 1000;
  const siteOptions = toSiteOptions(settings, clients.environment);
  const epochs = new MailboxEpochs({ blobs: storage.blobs, log, writer: { writer } });
  const directory = new GraphDirectory({ graph, clock: systemClock, random: Math.random });
  const deps = {
    ...storage,
    queueDepths: clients.storage.queues,
    ...{ log, writer, secrets, peopleOf, mapTurns, gatherTurns, quietSweeps, clock: systemClock },
    openSite: async (connector: Connector, signal: AbortSignal) => {
      const told: SignInTold = {};
      const connect = () => openSite(secrets, connector, siteOptions, signal, told);
      const site = await observed({ dependency: "site", operation: "connect", observe }, connect);
      if (told.key === "next") log.info("site.next-key-used", { connector: connector.name });
      return toObservedSite(site, observe);
    },
    directory,
    findMailbox: createMailboxFinder({ directory, epochs }),
    groupMembers: new GraphGroupMembers({ graph, clock: systemClock, random: Math.random }),
    import: toImportDeps({ ...clients, storage }, log, epochs),
    atOnce: settings.FETCH_AT_ONCE,
    deadlineInMs: inMs(settings.FETCH_DEADLINE_SECONDS),
    retryAfterInMs: inMs(settings.FETCH_RETRY_SECONDS),
    settleInMs: inMs(settings.SETTLE_SECONDS),
    stallInMs: inMs(settings.STALL_SECONDS),
    incompleteTries: settings.INCOMPLETE_TRIES,
    incompleteWaitInMs: inMs(settings.INCOMPLETE_WAIT_SECONDS),
    lockInMs: inMs(settings.LOCK_SECONDS),
    peopleWaitInMs: inMs(settings.PEOPLE_WAIT_SECONDS),
    standstillInMs: inMs(settings.STANDSTILL_SECONDS),
    waitingAlertInMs: inMs(settings.WAITING_ALERT_SECONDS),
    plaintextKeptInMs: settings.PLAINTEXT_DAYS * 24 * 3600 * 1000,
  };
  return { ...deps, checkUp: toCheckUpDeps(clients, deps, siteOptions) };
}

/** The messages that an import sends say who sent them. */
type ImportClients = Omit<Clients, "storage"> & { readonly storage: Pick<ImportDeps, "blobs" | "queues"> };

function toImportDeps(clients: ImportClients, log: Log, epochs: MailboxEpochs): ImportDeps {
  const { storage, graph, peopleOf, drops, import: settings } = clients;
  return {
    ...storage,
    ...{ log, peopleOf, settings, clock: systemClock, random: Math.random },
    mailboxOf: (oid) => new GraphMailbox(graph, oid, settings),
    seenMailbox: (oid, rootId) => epochs.seen(oid, rootId),
    factsOf: (drop) => drops.factsOf(drop),
    generationOf: (drop) => drops.generationOf(drop),
    newWriter: randomUUID,
  };
}
