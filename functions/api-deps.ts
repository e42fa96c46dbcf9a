import { randomUUID } from "node:crypto";
import manifest from "../package.json" with { type: "json" };
import { toDailyShelves } from "../shared/api/daily-deps.ts";
import { toOpenApi } from "../shared/api/openapi.ts";
import { type ApiDeps, operations } from "../shared/api/operations.ts";
import type { Clients } from "./clients.ts";
import { toConnectionTrial } from "./connection-trial.ts";
import { toSiteOptions } from "./site-options.ts";
import type { StageDeps } from "./stage-deps.ts";

/** The document never changes while the process lives. */
let openApi: ReturnType<typeof toOpenApi> | undefined;

/** Puts together what the API's handlers take: what the stages have, and what only the API needs. */
export function toApiDeps({ settings, environment, storage, secrets }: Clients, deps: StageDeps): ApiDeps {
  return {
    ...deps,
    ...toDailyShelves(storage.blobs, deps.clock),
    secrets,
    trial: toConnectionTrial(secrets, toSiteOptions(settings, environment)),
    newId: randomUUID,
    version: manifest.version,
    outboundIp: settings.OUTBOUND_IP,
    openApi: () => {
      openApi ??= toOpenApi(
        operations.map(({ route }) => route),
        manifest.version,
      );
      return openApi;
    },
  };
}
