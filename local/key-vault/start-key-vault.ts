import type { TokenBook } from "../entra/token-book.ts";
import type { Clock } from "../stand-ins/clock.ts";
import { systemClock } from "../stand-ins/clock.ts";
import type { FaultPlan } from "../stand-ins/fault-plan.ts";
import { createFaultPlan } from "../stand-ins/fault-plan.ts";
import type { Listener, ListenOptions } from "../stand-ins/https-listener.ts";
import { startServiceListener } from "../stand-ins/service-listener.ts";
import type { LocalTls } from "../tls/certificate-files.ts";
import { createKeyVaultService } from "./key-vault-service.ts";
import { openSecretStore } from "./secret-store.ts";

/** How Key Vault's stand-in is to be. */
export interface KeyVaultOptions extends Pick<ListenOptions, "port" | "host"> {
  readonly tls: Pick<LocalTls, "cert" | "key">;
  readonly tokens: Pick<TokenBook, "check">;
  /** Where clients are sent for a token: the authority's URL with the tenant. */
  readonly authority: string;
  /** @default the machine's clock */
  readonly clock?: Clock;
  /** @default an empty plan */
  readonly faults?: FaultPlan;
  /** Folder for the secrets, readable by its owner only. @default memory only */
  readonly stateDir?: string;
}

/** Key Vault's stand-in, running. `url` is the vault's URL. */
export interface KeyVaultStandIn extends Listener {
  readonly faults: FaultPlan;
}

/**
 * Starts Key Vault's stand-in, against which `SecretClient` runs with `disableChallengeResourceVerification`: its
 * challenge names the real service's resource, and localhost is no host of that.
 *
 * @throws the reason why the port or the folder cannot be used
 */
export async function startKeyVault(options: KeyVaultOptions): Promise<KeyVaultStandIn> {
  const { clock = systemClock, faults = createFaultPlan(), tokens, authority } = options;
  const store = openSecretStore(options.stateDir);
  const service = createKeyVaultService({ store, tokens, clock, authority });
  const listener = await startServiceListener({ ...options, clock, faults }, service);
  return { ...listener, faults };
}
