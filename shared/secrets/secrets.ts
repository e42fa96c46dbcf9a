/** When a secret's value was stored and when it ends, ms since 1970, as far as the vault knows. */
export interface SecretDates {
  readonly createdAt?: number;
  readonly expiresAt?: number;
}

/** The vault's secrets. Names are those of secret-name.ts; values are never logged and never part of an error's text. */
export interface Secrets {
  /** The value; `fresh` asks the vault even when a copy is at hand (after a rotation). Throws MissingSecret when there is none. */
  get(name: string, options?: { readonly fresh?: boolean }): Promise<string>;
  /** The value, or undefined when there is no such secret. */
  getOptional(name: string, options?: { readonly fresh?: boolean }): Promise<string | undefined>;
  /** When the value was stored, and when it expires if somebody has said so; undefined when there is no such secret. */
  datesOf(name: string): Promise<SecretDates | undefined>;
  /** Stores a new version of a secret. */
  set(name: string, value: string): Promise<void>;
  /**
   * Takes a secret out of use: from then on it reads as missing, until a new version is set. Nothing is deleted: a vault keeps
   * the name of a deleted secret from being used again for months, and an admin can enable the version again.
   */
  retire(name: string): Promise<void>;
}

/** There is no such secret, or it is disabled. */
export class MissingSecret extends Error {
  override readonly name = "MissingSecret";
  readonly messageIsOurs = true;
  readonly secret: string;

  constructor(secret: string, vault: string) {
    super(
      `There is no enabled secret "${secret}" in ${vault}. ` +
        `Add it: az keyvault secret set --vault-name <vault> --name ${secret} --file <file that holds the value>.`,
    );
    this.secret = secret;
  }
}
