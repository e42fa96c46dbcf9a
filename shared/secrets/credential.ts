import { DefaultAzureCredential, type TokenCredential } from "@azure/identity";

/** Which Entra ID gives the tokens. */
export interface CredentialSettings {
  /** @default https://login.microsoftonline.com */
  readonly authorityHost?: string;
  /** False only where the authority is a stand-in that Microsoft's instance discovery does not know. @default true */
  readonly hasInstanceDiscovery?: boolean;
}

/**
 * The app's identity: the managed identity in Azure, whatever DefaultAzureCredential finds elsewhere. AZURE_CLIENT_ID
 * names a user-assigned identity, and AZURE_TOKEN_CREDENTIALS=ManagedIdentityCredential keeps it from trying others.
 * https://learn.microsoft.com/javascript/api/@azure/identity/defaultazurecredential
 */
export function createCredential({
  authorityHost,
  hasInstanceDiscovery = true,
}: CredentialSettings = {}): TokenCredential {
  return new DefaultAzureCredential({
    ...(authorityHost === undefined ? {} : { authorityHost }),
    disableInstanceDiscovery: !hasInstanceDiscovery,
  });
}
