import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";
import { toBoundedCredential } from "./bounded-credential.ts";

/** Which Entra ID gives the tokens. */
export interface CredentialSettings {
  /** @default https://login.microsoftonline.com */
  readonly authorityHost?: string;
  /** False only where the authority is a stand-in that Microsoft's instance discovery does not know. @default true */
  readonly hasInstanceDiscovery?: boolean;
  /** How long one token may take, in ms. @default 30,000 */
  readonly tokenLimitInMs?: number;
}

/**
 * The app's identity: the managed identity in Azure, whatever DefaultAzureCredential finds elsewhere. AZURE_CLIENT_ID
 * names a user-assigned identity, and AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential keeps it from trying others.
 * https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 */
export function createCredential({
  authorityHost,
  hasInstanceDiscovery = true,
  tokenLimitInMs = 30_000,
}: CredentialSettings = {}): TokenCredential {
  const credential = new DefaultAzureCredential({
    ...(authorityHost === undefined ? {} : { authorityHost }),
    disableInstanceDiscovery: !hasInstanceDiscovery,
  });
  return toBoundedCredential(credential, tokenLimitInMs);
}
