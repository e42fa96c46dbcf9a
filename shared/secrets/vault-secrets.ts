import type { TokenCredential } from "@azure/identity";
import { SecretClient, type SecretProperties } from "@azure/keyvault-secrets";
import type { Clock } from "../store/clock.ts";
import { systemClock } from "../store/system-clock.ts";
import type { Observe } from "../telemetry/dependency-tally.ts";
import { observed } from "../telemetry/observed.ts";
import { MissingSecret, type SecretDates, type Secrets } from "./secrets.ts";
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
  /** Is told of each call. */
  readonly observe?: Observe;
}

interface Found {
  readonly value: string;
  readonly dates: SecretDates;
}

interface Known extends Found {
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
  readonly #asked = new Map<string, Promise<Found | undefined>>();
  readonly #observe: Observe;

  constructor(deps: VaultSecretsDeps) {
    this.#client = new SecretClient(deps.vaultUrl, deps.credential, {
      disableChallengeResourceVerification: deps.verifiesChallenge === false,
      retryOptions: { maxRetries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 5000 },
    });
    this.#vaultUrl = deps.vaultUrl;
    this.#clock = deps.clock ?? systemClock;
    this.#cacheInMs = deps.cacheInMs ?? 300_000;
    this.#timeoutInMs = deps.timeoutInMs ?? 30_000;
    this.#observe = deps.observe ?? (() => undefined);
  }

  async get(name: string, options: { readonly fresh?: boolean } = {}): Promise<string> {
    const value = await this.getOptional(name, options);
    if (value === undefined) throw new MissingSecret(name, this.#vaultUrl);
    return value;
  }

  async getOptional(name: string, options: { readonly fresh?: boolean } = {}): Promise<string | undefined> {
    // Who wants it fresh must not get the answer to a question that was asked before the rotation.
    return (await (options.fresh === true ? this.#read(name) : this.#find(name)))?.value;
  }

  async datesOf(name: string): Promise<SecretDates | undefined> {
    return (await this.#find(name))?.dates;
  }

  /** A reply that was lost leaves one more version of the same value, which is harmless. */
  async set(name: string, value: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#timeoutInMs);
    const send = () => this.#client.setSecret(name, value, { abortSignal });
    const { properties } = await this.#call("set secret", send).catch((error: unknown) => {
      throw new VaultFault("store", name, this.#vaultUrl, error);
    });
    this.#known.set(name, { value, dates: toDates(properties), readAt: this.#clock.now() });
  }

  async retire(name: string): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#timeoutInMs);
    this.#known.delete(name);
    try {
      const { properties } = await this.#call("get secret", () => this.#client.getSecret(name, { abortSignal }));
      const disable = () =>
        this.#client.updateSecretProperties(name, properties.version ?? "", { abortSignal, enabled: false });
      await this.#call("disable secret", disable);
    } catch (error) {
      if (!isNone(error)) throw new VaultFault("store", name, this.#vaultUrl, error);
    } finally {
      // Who asked while it was being disabled may have kept it.
      this.#known.delete(name);
    }
  }

  async #find(name: string): Promise<Found | undefined> {
    const known = this.#known.get(name);
    const isFresh = known !== undefined && this.#clock.now() - known.readAt < this.#cacheInMs;
    return isFresh ? known : this.#ask(name);
  }

  /** Those who ask for one secret at the same time share a request. */
  #ask(name: string): Promise<Found | undefined> {
    const asked = this.#asked.get(name) ?? this.#read(name).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  async #read(name: string): Promise<Found | undefined> {
    const readAt = this.#clock.now();
    this.#known.delete(name);
    const found = await this.#fetch(name);
    // What was set while the vault was being asked is newer than its answer.
    if (found !== undefined && !this.#known.has(name)) this.#known.set(name, { ...found, readAt });
    return found;
  }

  async #fetch(name: string): Promise<Found | undefined> {
    const abortSignal = AbortSignal.timeout(this.#timeoutInMs);
    try {
      const { value, properties } = await this.#call("get secret", () => this.#client.getSecret(name, { abortSignal }));
      return value === undefined ? undefined : { value, dates: toDates(properties) };
    } catch (error) {
      if (isNone(error)) return undefined;
      throw new VaultFault("read", name, this.#vaultUrl, error);
    }
  }

  #call<T>(operation: string, send: () => Promise<T>): Promise<T> {
    const judgeError = (error: unknown) => (isNone(error) ? "ok" : toStatus(error) === 429 ? "throttled" : "failed");
    return observed({ dependency: "vault", operation, observe: this.#observe, judgeError }, send);
  }
}

/** A disabled secret is refused with 403 as if a role were missing; to its reader it is one that is not there. */
function isNone(error: unknown): boolean {
  return toStatus(error) === 404 || toVaultCode(error) === "SecretDisabled";
}

function toDates({ createdOn, expiresOn }: SecretProperties): SecretDates {
  return {
    ...(createdOn === undefined ? {} : { createdAt: createdOn.getTime() }),
    ...(expiresOn === undefined ? {} : { expiresAt: expiresOn.getTime() }),
  };
}
