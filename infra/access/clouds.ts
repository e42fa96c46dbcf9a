/** What differs between Microsoft's clouds. */
export interface Cloud {
  /** Microsoft Graph, without a version. */
  readonly graph: string;
  /** Entra ID, where people sign in and tokens of managed identities come from. */
  readonly authority: string;
  /** Whom a managed identity's token has to be for, so that Entra takes it instead of a secret. */
  readonly audience: string;
}

/** By the names that `az cloud list` has. https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity */
export const clouds = {
  AzureCloud: {
    graph: "https://graph.microsoft.com",
    authority: "https://login.microsoftonline.com",
    audience: "api://AzureADTokenExchange",
  },
  AzureUSGovernment: {
    graph: "https://graph.microsoft.us",
    authority: "https://login.microsoftonline.us",
    audience: "api://AzureADTokenExchangeUSGov",
  },
  AzureChinaCloud: {
    graph: "https://microsoftgraph.chinacloudapi.cn",
    authority: "https://login.partner.microsoftonline.cn",
    audience: "api://AzureADTokenExchangeChina",
  },
} as const satisfies Record<string, Cloud>;

/** Whether a name is one of `clouds`. */
export function isCloudName(name: string): name is keyof typeof clouds {
  return Object.hasOwn(clouds, name);
}
