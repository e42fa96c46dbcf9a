import type { TokenCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import type { Observe } from "../telemetry/dependency-tally.ts";
import { observed } from "../telemetry/observed.ts";
import { toStatus, toVaultCode, VaultFault } from "./vault-fault.ts";

/** The one secret by which the right to write is tried. It is made once, stays, and holds nothing that is secret. */
export const probeSecret = "icechat-check-up";
const probeValue = "Made by the connector's check of itself. It holds nothing secret; leave it where it is.";

/** What a token for a vault is asked for by: its cloud's own name, or the public cloud's for a stand-in. */
export function toVaultScope(vaultUrl: string): string {
  const [, cloud = "vault.azure.net"] = /^[^.]+\.(vault\.[a-z.]+)$/.exec(new URL(vaultUrl).hostname) ?? [];
  return `https://${cloud}/.default`;
}

/** What VaultProbe needs. */
export interface VaultProbeDeps {
  readonly credential: TokenCredential;
  /** E.g. https://my-vault.vault.azure.net */
  readonly vaultUrl: string;
  /** False only where the vault is a stand-in outside vault.azure.net. @default true */
  readonly verifiesChallenge?: boolean;
  /** How long one call may take with all its tries. @default 20,000 */
  readonly timeoutInMs?: number;
  /** Is told of each call. */
  readonly observe?: Observe;
}

/** How the probe's secret stood. "deleted": somebody has deleted it, and it can be recovered. */
export type Probed = "made" | "marked" | "deleted";

/**
 * Tries what the app may do in the vault and leaves no rubbish: under purge protection a deleted secret stays for months, and
 * each `set` makes a version for ever. So one secret is set once, and afterwards only its tag is changed, which every
 * built-in role that lets one set a secret allows too, and none that does not.
 */
export class VaultProbe {
  readonly #client: SecretClient;
  readonly #vaultUrl: string;
  readonly #timeoutInMs: number;
  readonly #observe: Observe;

  constructor({ credential, vaultUrl, verifiesChallenge = true, timeoutInMs = 20_000, observe }: VaultProbeDeps) {
    this.#client = new SecretClient(vaultUrl, credential, {
      disableChallengeResourceVerification: !verifiesChallenge,
      retryOptions: { maxRetries: 2, retryDelayInMs: 500, maxRetryDelayInMs: 2000 },
    });
    this.#vaultUrl = vaultUrl;
    this.#timeoutInMs = timeoutInMs;
    this.#observe = observe ?? (() => undefined);
  }

  /** The version of the probe's secret; undefined when there is none or it is disabled. @throws VaultFault */
  async read(signal: AbortSignal): Promise<string | undefined> {
    try {
      const abortSignal = this.#limit(signal);
      const { properties } = await this.#call("get secret", () => this.#client.getSecret(probeSecret, { abortSignal }));
      return properties.version;
    } catch (error) {
      if (isNone(error)) return undefined;
      throw new VaultFault("read", probeSecret, this.#vaultUrl, error);
    }
  }

  /** Sets the secret, or marks that version of it with the time. @throws VaultFault */
  async write(version: string | undefined, now: number, signal: AbortSignal): Promise<Probed> {
    const abortSignal = this.#limit(signal);
    try {
      if (version === undefined) {
        await this.#call("set secret", () => this.#client.setSecret(probeSecret, probeValue, { abortSignal }));
        return "made";
      }
      const tags = { checkedAt: new Date(now).toISOString() };
      const mark = () => this.#client.updateSecretProperties(probeSecret, version, { abortSignal, tags });
      await this.#call("mark secret", mark);
      return "marked";
    } catch (error) {
      // Only who may set secrets is told that this one was deleted.
      if (toVaultCode(error) === "ObjectIsDeletedButRecoverable") return "deleted";
      throw new VaultFault("store", probeSecret, this.#vaultUrl, error);
    }
  }

  #call<T>(operation: string, send: () => Promise<T>): Promise<T> {
    const judgeError = (error: unknown) => (isNone(error) ? "ok" : "failed");
    return observed({ dependency: "vault", operation, observe: this.#observe, judgeError }, send);
  }

  #limit(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutInMs)]);
  }
}

/** A disabled secret is refused with 403 as if a role were missing. */
function isNone(error: unknown): boolean {
  return toStatus(error) === 404 || toVaultCode(error) === "SecretDisabled";
}
