import type { RunningAzurite } from "../azurite/azurite.ts";
import type { Listener } from "../stand-ins/https-listener.ts";
import type { StandIns } from "../stand-ins/start-stand-ins.ts";

/** The app settings of a laptop: other addresses and shorter waits. The code is the same as in Azure. */
export function toLaptopSettings(
  azurite: Pick<RunningAzurite, "connectionString">,
  standIns: Pick<StandIns, "environment"> & Readonly<Record<"entra" | "graph" | "keyVault", Pick<Listener, "url">>>,
): Record<string, string> {
  return {
    FUNCTIONS_WORKER_RUNTIME: "node",
    // On a machine with much memory V8 lets its heap grow to several times of what is alive.
    languageWorkers__node__arguments: "--max-semi-space-size=8 --max-old-space-size=384",
    MALLOC_ARENA_MAX: "2",
    AzureWebJobsStorage: azurite.connectionString,
    ...standIns.environment,
    ENTRA_AUTHORITY_HOST: standIns.entra.url,
    ENTRA_INSTANCE_DISCOVERY: "false",
    KEY_VAULT_URI: standIns.keyVault.url,
    KEY_VAULT_CHALLENGE_VERIFICATION: "false",
    GRAPH_ENDPOINT: standIns.graph.url,
    BLOB_TRIGGER_SOURCE: "LogsAndContainerScan",
    // Nobody signs in on a laptop, and nobody else reaches the page there.
    PORTAL_DEVELOPMENT_ROLE: "admin",
    FETCH_SCHEDULE: "*/5 * * * * *",
    SWEEP_SCHEDULE: "*/2 * * * * *",
    SETTLE_SECONDS: "0.3",
    FETCH_RETRY_SECONDS: "5",
    INCOMPLETE_TRIES: "2",
    INCOMPLETE_WAIT_SECONDS: "3",
    STALL_SECONDS: "20",
    LOCK_SECONDS: "15",
    LOCK_WAIT_SECONDS: "2",
    DOUBT_WAIT_SECONDS: "20",
    DOUBT_WAIT_ANSWERED_SECONDS: "3",
    DOUBT_LIMIT_SECONDS: "300",
    OUTAGE_WAIT_SECONDS: "5",
    UNAUTHORISED_WAIT_SECONDS: "5",
    SLICE_SECONDS: "60",
    STANDSTILL_SECONDS: "90",
    QUIET_SWEEP_SECONDS: "5",
    PEOPLE_WAIT_SECONDS: "1",
  };
}
