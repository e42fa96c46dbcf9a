import { parseSettings, type Settings, type StorageSettings } from "../shared/config/settings.ts";
import { createGraph } from "../shared/graph/create-graph.ts";
import type { Graph } from "../shared/graph/graph.ts";
import { type ImportSettings, toImportSettings } from "../shared/import/import-settings.ts";
import { DropShelf } from "../shared/pipeline/drop-shelf.ts";
import { createPeopleShelf } from "../shared/pipeline/import-people.ts";
import { QuietSweeps } from "../shared/pipeline/sweep-round.ts";
import { createTurns, type Turns } from "../shared/pipeline/turns.ts";
import { createCredential } from "../shared/secrets/credential.ts";
import { VaultProbe } from "../shared/secrets/vault-probe.ts";
import { VaultSecrets } from "../shared/secrets/vault-secrets.ts";
import type { StorageAccount } from "../shared/store/azure-clients.ts";
import { type AzureStorage, openAzureStorage } from "../shared/store/azure-storage.ts";
import { systemClock } from "../shared/store/system-clock.ts";
import type { Observe } from "../shared/telemetry/dependency-tally.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Credential = ReturnType<typeof createCredential>;

/** The clients and caches of one process. */
export interface Clients {
  readonly settings: Settings;
  readonly import: ImportSettings;
  readonly storage: Pick<AzureStorage, "blobs" | "queues" | "account">;
  readonly graph: Graph;
  readonly secrets: VaultSecrets;
  readonly vaultProbe: VaultProbe;
  /** The app's identity. */
  readonly credential: Credential;
  readonly peopleOf: ReturnType<typeof createPeopleShelf>;
  readonly drops: DropShelf;
  /** The app's settings as they were given. */
  readonly environment: Environment;
  /** Chunks are routed one after the other, and partitions gathered. */
  readonly mapTurns: Turns;
  readonly gatherTurns: Turns;
  readonly quietSweeps: QuietSweeps;
  /** Is told of every request that is made. */
  readonly observe: Observe;
}

/** Makes every client; nothing is asked of anyone yet. @throws WrongSettings, and Error when the waits contradict each other */
export function connectClients(environment: Environment, observe: Observe): Clients {
  const settings = parseSettings(environment);
  const credential = toCredential(settings);
  const storage = openAzureStorage(toAccount(settings, credential), systemClock, {}, observe);
  const ofImport = toImportWaits(settings);
  const vault = {
    credential,
    observe,
    vaultUrl: settings.KEY_VAULT_URI,
    verifiesChallenge: settings.KEY_VAULT_CHALLENGE_VERIFICATION,
  };
  return {
    settings,
    environment,
    observe,
    credential,
    import: ofImport,
    storage,
    graph: createGraph({ credential, endpoint: settings.GRAPH_ENDPOINT, clock: systemClock, observe }),
    secrets: new VaultSecrets({ ...vault, cacheInMs: settings.SECRET_CACHE_SECONDS * 1000 }),
    vaultProbe: new VaultProbe(vault),
    mapTurns: createTurns(),
    gatherTurns: createTurns(),
    quietSweeps: new QuietSweeps(settings.QUIET_SWEEP_SECONDS * 1000),
    peopleOf: createPeopleShelf(storage.blobs, ofImport.peopleInMemory),
    drops: new DropShelf({ blobs: storage.blobs, clock: systemClock, keptInMs: 15_000 }),
  };
}

/** Storage alone, for when the other settings are wrong; nothing is asked of it yet. */
export function connectStorageOnly(settings: StorageSettings): AzureStorage {
  return openAzureStorage(toAccount(settings, toCredential(settings)), systemClock);
}

function toCredential(settings: StorageSettings): Credential {
  return createCredential({
    authorityHost: settings.ENTRA_AUTHORITY_HOST,
    hasInstanceDiscovery: settings.ENTRA_INSTANCE_DISCOVERY,
  });
}

/** As the storage extension itself reads these settings: a connection string, or the services' addresses and an identity. */
function toAccount(settings: StorageSettings, credential: Credential): StorageAccount {
  if (settings.AzureWebJobsStorage !== undefined) return { connectionString: settings.AzureWebJobsStorage };
  const name = settings.AzureWebJobsStorage__accountName;
  return {
    credential,
    blobServiceUri: settings.AzureWebJobsStorage__blobServiceUri ?? `https://${name}.blob.core.windows.net`,
    queueServiceUri: settings.AzureWebJobsStorage__queueServiceUri ?? `https://${name}.queue.core.windows.net`,
  };
}

/** A lock is renewed and judged in fixed shares of its length, so that one setting shortens them together. */
function toImportWaits(settings: Settings): ImportSettings {
  const lockInMs = settings.LOCK_SECONDS * 1000;
  return toImportSettings({
    leaseInMs: lockInMs,
    freshLeaseInMs: Math.floor(lockInMs / 3),
    renewEveryInMs: Math.floor(lockInMs / 4),
    requestTimeoutInMs: Math.floor(lockInMs / 2),
    doubtWaitInMs: settings.DOUBT_WAIT_SECONDS * 1000,
    answeredDoubtWaitInMs: settings.DOUBT_WAIT_ANSWERED_SECONDS * 1000,
    doubtLimitInMs: settings.DOUBT_LIMIT_SECONDS * 1000,
    looksFirst: settings.LOOK_FIRST,
    outagePauseInMs: settings.OUTAGE_WAIT_SECONDS * 1000,
    unauthorisedPauseInMs: settings.UNAUTHORISED_WAIT_SECONDS * 1000,
    sliceInMs: settings.SLICE_SECONDS * 1000,
    lockedPauseInMs: settings.LOCK_WAIT_SECONDS * 1000,
  });
}
