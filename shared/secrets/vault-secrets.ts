import type { TokenCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import type { Clock } from "../store/clock.ts";
import { systemClock } from "../store/system-clock.ts";
import { MissingSecret, type Secrets } from "./secrets.ts";
import { toStatus, toVaultCode, VaultFault } from "./vault-fault.ts";

/** What VaultSecrets needs. */
export interface VaultSecretsDeps {
  readonly credential: TokenCredential;
  /** E.g. https://my-vault.vault.azure.net */
  readonly vaultUrl: string;
  /** @default the machine's */
  readonly clock?: Pick<Clock, "now">;
  /** How long a value may be used without asking again. @default 300,000 */
  readonly cacheInMs?: number;
  /** False only where the vault is a stand-in outside vault.azure.net. @default true */
  readonly verifiesChallenge?: boolean;
  /** How long one call may take with all its tries. @default 30,000 */
  readonly timeoutInMs?: number;
}

interface Known {
  readonly value: string;
  readonly readAt: number;
}

/** Secrets in Azure Key Vault. A value is kept in memory for a short time; that there is none is never kept. */
export class VaultSecrets implements Secrets {
  readonly #client: SecretClient;
  readonly #vaultUrl: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #cacheInMs: number;
  readonly #timeoutInMs: number;
  readonly #known = new Map<string, Known>();
  readonly #asked = new Map<string, Promise<string | undefined>>();

  constructor(deps: VaultSecretsDeps) {
    this.#client = new SecretClient(deps.vaultUrl, deps.credential, {
      disableChallengeResourceVerification: deps.verifiesChallenge === false,
      retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 5000 },
    });
    this.#vaultUrl = deps.vaultUrl;
    this.#clock = deps.clock ?? systemClock;
    this.#cacheInMs = deps.cacheInMs ?? 300_000;
    this.#timeoutInMs = deps.timeoutInMs ?? 30_000;
  }

  async get(name: string, options: { readonly fresh?: boolean } = {}): Promise<string> {
    const value = await this.getOptional(name, options);
    if (value === undefined) throw new MissingSecret(name, this.#vaultUrl);
    return value;
  }

  async getOptional(name: string, options: { readonly fresh?: boolean } = {}): Promise<string | undefined> {
    const known = this.#known.get(name);
    const isFresh = known !== undefined && this.#clock.now() - known.readAt < this.#cacheInMs;
    // Who wants it fresh must not get the answer to a question that was asked before the rotation.
    if (options.fresh === true) return this.#read(name);
    return isFresh ? known.value : this.#ask(name);
  }

  /** A reply that was lost leaves one more version of the same value, which is harmless. */
  async set(name: string, value: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#timeoutInMs);
    await this.#client.setSecret(name, value, { abortSignal }).catch((error: unknown) => {
      throw new VaultFault("store", name, this.#vaultUrl, error);
    });
    this.#known.set(name, { value, readAt: this.#clock.now() });
  }

  /** Those who ask for one secret at the same time share a request. */
  #ask(name: string): Promise<string | undefined> {
    const asked = this.#asked.get(name) ?? this.#read(name).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  async #read(name: string): Promise<string | undefined> {
    const readAt = this.#clock.now();
    this.#known.delete(name);
    const value = await this.#fetch(name);
    // What was set while the vault was being asked is newer than its answer.
    if (value !== undefined && !this.#known.has(name)) this.#known.set(name, { value, readAt });
    return value;
  }

  async #fetch(name: string): Promise<string | undefined> {
    try {
      const { value } = await this.#client.getSecret(name, { abortSignal: AbortSignal.timeout(this.#timeoutInMs) });
      return value;
    } catch (error) {
      // A disabled secret is refused with 403 as if a role were missing; to its reader it is one that is not there.
      if (toStatus(error) === 404 || toVaultCode(error) === "SecretDisabled") return undefined;
      throw new VaultFault("read", name, this.#vaultUrl, error);
    }
  }
}
