/**
 * The vault could not be asked, or refused. It keeps no cause: the SDK's errors hold the request, and the request of a
 * `set` holds the value.
 */
export class VaultFault extends Error {
  override readonly name = "VaultFault";
  readonly messageIsOurs = true;
  readonly secret: string;
  /** HTTP status of the reply; undefined when there was none. */
  readonly status: number | undefined;
  /** Key Vault's code such as `Forbidden` or `SecretDisabled`, Node's such as `ENOTFOUND`, or the error's name. */
  readonly code: string | undefined;

  constructor(operation: "read" | "store", secret: string, vaultUrl: string, error: unknown) {
    const status = toStatus(error);
    const code = toVaultCode(error);
    const reply = [status, code].filter((part) => part !== undefined).join(" ") || "no reply";
    super(`Cannot ${operation} the secret "${secret}" in ${vaultUrl} (${reply}). ${toHint(status, code)}`);
    this.secret = secret;
    this.status = status;
    this.code = code;
  }
}

/** The HTTP status that an SDK's error tells. */
export function toStatus(error: unknown): number | undefined {
  const status: unknown = error instanceof Error ? Reflect.get(error, "statusCode") : undefined;
  return typeof status === "number" ? status : undefined;
}

/** Key Vault's inner code if it gives one, since "Forbidden" alone can mean five things. */
export function toVaultCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // On the wire it is `innererror`; the SDK's error spells it so.
  const inner = pick(pick(pick(Reflect.get(error, "details"), "error"), "innerError"), "code");
  const codes = [inner, Reflect.get(error, "code"), error.name];
  return codes.find((code) => typeof code === "string" && /^\w{1,60}$/.test(code));
}

function pick(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** Names of @azure/identity's errors, the last one for a wrong client secret too. */
const tokenRefused = new Set(["AuthenticationError", "AggregateAuthenticationError", "AuthenticationRequiredError"]);

const roleHint =
  'Give the app\'s identity the role "Key Vault Secrets Officer" on the vault (az role assignment create); it takes some minutes to work.';

function toHint(status: number | undefined, code: string | undefined): string {
  if (code === "ForbiddenByFirewall" || code === "ForbiddenByConnection") {
    return "The vault's firewall refuses the app: allow its subnet or its outbound address.";
  }
  if (code === "ObjectIsDeletedButRecoverable")
    return "It was deleted: recover it (az keyvault secret recover) or purge it.";
  if (code === "CredentialUnavailableError") {
    return "The app has no identity: turn on its managed identity; for a user-assigned one set AZURE_CLIENT_ID.";
  }
  if (code !== undefined && tokenRefused.has(code)) {
    return "Entra ID gives the app's identity no token: look at AZURE_CLIENT_ID and, elsewhere than in Azure, at AZURE_TENANT_ID and AZURE_CLIENT_SECRET.";
  }
  if (status === 401)
    return "The vault does not take the token: it belongs to another tenant, or KEY_VAULT_URI names another vault.";
  if (status === 403) return roleHint;
  if (status === undefined)
    return "The vault cannot be reached: look at KEY_VAULT_URI, the name's resolution and the network in between.";
  if (status === 429 || status >= 500) return "It will be tried again.";
  return "";
}
