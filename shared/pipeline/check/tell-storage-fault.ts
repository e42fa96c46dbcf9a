import type { StorageFault } from "../../store/storage-fault.ts";
import { type Told, wrong } from "./finding.ts";
import { type Caller, isTokenFault, tellTokenFault } from "./tell-token-fault.ts";

interface Wording {
  /** Who has no role. */
  readonly role: string;
  readonly network: string;
  readonly signIn: string;
}

/** Roles as infra/modules/identity.bicep gives them. */
const wordings: Readonly<Record<Caller, Wording>> = {
  app: {
    role: "The app's identity needs Storage Blob Data Contributor and Storage Queue Data Contributor on the storage account. See what it has: az role assignment list --all --assignee <identityPrincipalId> --output table. Deploying again puts them back; a new role works after up to ten minutes.",
    network:
      "The app has to reach the account through its subnet. See az storage account show --query networkRuleSet (or, with private endpoints, az network private-endpoint list) and az functionapp vnet-integration list; deploying again puts them back. If the network is right, the role is missing.",
    signIn:
      "Storage does not take the token: the identity is of another tenant than the account, or the machine's clock is wrong.",
  },
  person: {
    role: 'You need Storage Blob Data Contributor and Storage Queue Data Contributor (or Storage Queue Data Message Sender) on the storage account, Owner alone is not enough: az role assignment create --role "Storage Blob Data Contributor" --assignee <you> --scope <the account\'s id>. It works after up to ten minutes.',
    network:
      "The account lets only its own network in. Put your public address into adminAddresses in the parameters and deploy again, or run the doctor from a machine inside the network. If your address is let in already, a role is missing.",
    signIn:
      "Storage does not take your token: sign in to the tenant of the account (az login --tenant), and see that your machine's clock is right.",
  },
};

const notThere = new Set(["ENOTFOUND", "EAI_AGAIN"]);
const notTaken = new Set(["AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation"]);
const notAllowed = new Set(["AuthorizationPermissionMismatch", "InsufficientAccountPermissions"]);

/**
 * Tells what a fault of storage means by its code, since a 403 alone can be a role, a network rule, or keys that are switched
 * off. https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes
 */
export function tellStorageFault(fault: StorageFault, caller: Caller): Told {
  if (isTokenFault(fault.cause)) return tellTokenFault(fault.cause, caller);
  const { status, code = "" } = fault;
  const words = wordings[caller];
  const text = `${fault.operation} ${fault.path}: ${[status, code].filter(Boolean).join(" ") || "no reply"}`;
  if (code === "KeyBasedAuthenticationNotPermitted") {
    return wrong(
      text,
      "The account takes no keys, and AzureWebJobsStorage holds one: delete that setting, so that the identity is used.",
    );
  }
  if (notAllowed.has(code)) return wrong(text, words.role);
  if (notTaken.has(code) || status === 401) return wrong(text, words.signIn);
  if (status === 403) return wrong(text, words.network);
  if (code === "ContainerNotFound" || code === "QueueNotFound") {
    return wrong(text, "Deploy again: infra/modules/storage.bicep makes every container and queue.");
  }
  if (status === 429 || (status !== undefined && status >= 500)) {
    return wrong(text, "Storage is busy or out of order: run the doctor again, and see the service health of Azure.");
  }
  if (status !== undefined) return wrong(text, "Run the doctor again. If it stays, look the code up, and ask support.");
  if (notThere.has(code)) {
    return wrong(
      text,
      "No such address: see the account's name (AzureWebJobsStorage__blobServiceUri, --account), and with private endpoints the private DNS zones.",
    );
  }
  return wrong(
    text,
    "Storage cannot be reached: a firewall or a route drops what is sent there. See the network, and the DNS record of a private endpoint.",
  );
}
