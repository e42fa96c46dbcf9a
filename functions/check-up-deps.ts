import { GraphDirectory } from "../shared/directory/graph-directory.ts";
import { GraphGroupMembers } from "../shared/directory/graph-group-members.ts";
import { fetchHostKeys } from "../shared/fetch/sftp-site.ts";
import type { SiteOptions } from "../shared/fetch/site.ts";
import { toGraphScope } from "../shared/graph/create-graph.ts";
import type { CheckUpDeps } from "../shared/pipeline/check/check-up.ts";
import { noteRefusal } from "../shared/pipeline/fetch-due.ts";
import { toVaultScope } from "../shared/secrets/vault-probe.ts";
import { systemClock } from "../shared/store/system-clock.ts";
import type { Clients } from "./clients.ts";

/** What a check has in common with the stages. */
type Common = Pick<CheckUpDeps, "blobs" | "queues" | "log" | "writer" | "lockInMs" | "openSite"> & {
  readonly retryAfterInMs: number;
};

/** Somebody waits for the check, and would rather hear that Graph does not answer than wait for the last of many tries. */
const fewTries = { clock: systemClock, random: Math.random, attempts: 2, longestWaitInMs: 10_000 };

/** Puts together what a check of the app itself needs. */
export function toCheckUpDeps(
  { settings, environment, graph, secrets, vaultProbe, credential, storage }: Clients,
  common: Common,
  siteOptions: SiteOptions,
): CheckUpDeps {
  const isStandIn = settings.AzureWebJobsStorage !== undefined;
  return {
    ...common,
    ...fewTries,
    ...{ settings, environment, secrets, graph, isStandIn },
    vault: vaultProbe,
    account: storage.account,
    directory: new GraphDirectory({ ...fewTries, graph, timeoutInMs: 20_000 }),
    groupMembers: new GraphGroupMembers({ ...fewTries, graph, timeoutInMs: 20_000 }),
    getToken: (scope, abortSignal) => credential.getToken(scope, { abortSignal }),
    scopes: {
      storage: isStandIn ? undefined : "https://storage.azure.com/.default",
      vault: toVaultScope(settings.KEY_VAULT_URI),
      graph: toGraphScope(settings.GRAPH_ENDPOINT),
    },
    clientId: environment["AZURE_CLIENT_ID"],
    fetchHostKeys: (site, signal) => fetchHostKeys(site, siteOptions, signal),
    spareSite: (name, refusal) => noteRefusal({ ...common, clock: systemClock }, name, systemClock.now(), refusal),
  };
}
