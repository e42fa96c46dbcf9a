import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { createCredential } from "../../shared/secrets/credential.ts";
import { type AzureStorage, openAzureStorage } from "../../shared/store/azure-storage.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { findRunningStart } from "../start/running-starts.ts";
import { WrongOption } from "../start/wrong-option.ts";
import type { Place } from "./place.ts";

/** A storage that was opened, and as whom. */
export interface OpenPlace {
  readonly storage: AzureStorage;
  /** Names who asks, for the audit. @throws when the signed-in identity cannot be had */
  principal(): Promise<string>;
}

/** An operator would rather hear that storage is away than wait for four minutes. */
const retries = { tryTimeoutInMs: 20_000, maxTries: 2 };

/** Opens the storage; nothing is asked of it yet. @throws WrongOption */
export function openPlace(place: Place): OpenPlace {
  if (place.type === "account") return openAccount(place.account);
  const connectionString =
    place.type === "connection" ? place.connectionString : findRunningStart(place).connectionString;
  return {
    storage: openConnection(connectionString),
    principal: async () => `os:${userInfo().username}@${hostname()}`,
  };
}

/** The SDK's complaint may quote the string, and with it the key. */
function openConnection(connectionString: string): AzureStorage {
  try {
    return openAzureStorage({ connectionString }, systemClock, retries);
  } catch {
    throw new WrongOption("--connection is no connection string of a storage account.");
  }
}

function openAccount(account: string): OpenPlace {
  const credential = createCredential();
  const blobServiceUri = `https://${account}.blob.core.windows.net`;
  const queueServiceUri = `https://${account}.queue.core.windows.net`;
  return {
    storage: openAzureStorage({ credential, blobServiceUri, queueServiceUri }, systemClock, retries),
    principal: async () => toPrincipal((await credential.getToken("https://storage.azure.com/.default"))?.token),
  };
}

const claims = z.object({ oid: z.string(), tid: z.string().optional() });

/**
 * Who a token is for, by object id: names change hands. The token comes from Entra itself over TLS and is only read for
 * the record; storage is what checks it. @throws Error when there is no token
 */
export function toPrincipal(token: string | undefined): string {
  const [, payload = ""] = token?.split(".") ?? [];
  const { oid, tid } = claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString() || "{}"));
  return tid === undefined ? `entra:${oid}` : `entra:${oid}@${tid}`;
}
