import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { parseSettings, type Settings } from "../shared/config/settings.ts";
import { GraphDirectory } from "../shared/directory/graph-directory.ts";
import { createMailboxFinder } from "../shared/directory/mailbox-finder.ts";
import { MailboxEpochs } from "../shared/directory/mailbox-epochs.ts";
import { createGraph } from "../shared/graph/create-graph.ts";
import { GraphMailbox } from "../shared/import/graph-mailbox.ts";
import { toImportSettings } from "../shared/import/import-settings.ts";
import { buryMessage } from "../shared/pipeline/bury-message.ts";
import { readDropFacts } from "../shared/pipeline/drop-facts.ts";
import type { FetchDueDeps } from "../shared/pipeline/fetch-due.ts";
import { fetchDue, fetchNow } from "../shared/pipeline/fetch-due.ts";
import { gatherMailboxes } from "../shared/pipeline/gather-mailboxes.ts";
import type { ImportDeps } from "../shared/pipeline/import-deps.ts";
import { importMailbox } from "../shared/pipeline/import-mailbox.ts";
import { createPeopleShelf } from "../shared/pipeline/import-people.ts";
import { type MapChatsDeps, mapChats } from "../shared/pipeline/map-chats.ts";
import { openDropFile, parseTicketPath } from "../shared/pipeline/open-drop-file.ts";
import { openSite } from "../shared/pipeline/open-site.ts";
import { type SweepDeps, sweep } from "../shared/pipeline/sweep.ts";
import { createCredential } from "../shared/secrets/credential.ts";
import { VaultSecrets } from "../shared/secrets/vault-secrets.ts";
import type { StorageAccount } from "../shared/store/azure-clients.ts";
import { openAzureStorage } from "../shared/store/azure-storage.ts";
import { toErrorFields } from "../shared/store/error-fields.ts";
import type { Log } from "../shared/store/log.ts";
import { parseTask } from "../shared/store/parse-task.ts";
import { systemClock } from "../shared/store/system-clock.ts";

/** What each trigger sets going. Messages are checked here: from here on the types are trusted. */
export interface Stages {
  fetchDrops(): Promise<void>;
  fetchDropsOnDemand(message: unknown): Promise<void>;
  openDropFile(blobPath: string): Promise<void>;
  mapChats(message: unknown): Promise<void>;
  gatherMailboxes(message: unknown): Promise<void>;
  importMailbox(message: unknown): Promise<void>;
  sweep(): Promise<void>;
  buryMessage(queue: string, id: string, message: unknown): Promise<void>;
}

/**
 * The composition root: makes every client once, when the first invocation asks. Wrong settings fail each invocation with
 * a message that names them; the functions are registered all the same, so that the host shows what fails.
 * @throws WrongSettings
 */
export function createWiring(environment: NodeJS.ProcessEnv): (log: Log) => Promise<Stages> {
  let clients: Clients | undefined;
  return async (log) => {
    clients ??= connect(parseSettings(environment));
    return toStages(clients, log);
  };
}

interface Clients {
  readonly settings: Settings;
  readonly storage: ReturnType<typeof openAzureStorage>;
  readonly graph: ReturnType<typeof createGraph>;
  readonly secrets: VaultSecrets;
  readonly writer: string;
  readonly people: Map<string, unknown>;
}

function connect(settings: Settings): Clients {
  const credential = createCredential({
    authorityHost: settings.ENTRA_AUTHORITY_HOST,
    hasInstanceDiscovery: settings.ENTRA_INSTANCE_DISCOVERY,
  });
  return {
    settings,
    storage: openAzureStorage(toAccount(settings, credential), systemClock),
    graph: createGraph({ credential, endpoint: settings.GRAPH_ENDPOINT, clock: systemClock }),
    secrets: new VaultSecrets({ credential, vaultUrl: settings.KEY_VAULT_URI }),
    // Unlike any other process's, at any time: what it writes is known as its own by this.
    writer: `${hostname().slice(0, 20)}-${process.pid}-${randomUUID().slice(0, 8)}`,
    people: new Map(),
  };
}
