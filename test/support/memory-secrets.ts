import { MissingSecret, type SecretDates, type Secrets } from "../../shared/secrets/secrets.ts";

/** Secrets in memory. Held to test/contract/secrets. */
export class MemorySecrets implements Secrets {
  readonly #values: Map<string, string>;
  readonly #dates = new Map<string, SecretDates>();
  readonly #now: () => number;

  constructor(values: Readonly<Record<string, string>> = {}, now: () => number = Date.now) {
    this.#values = new Map(Object.entries(values));
    this.#now = now;
  }

  async get(name: string): Promise<string> {
    const value = await this.getOptional(name);
    if (value === undefined) throw new MissingSecret(name, "memory");
    return value;
  }

  async getOptional(name: string): Promise<string | undefined> {
    return this.#values.get(name);
  }

  async set(name: string, value: string): Promise<void> {
    this.#values.set(name, value);
    this.#dates.set(name, { createdAt: this.#now() });
  }

  async retire(name: string): Promise<void> {
    this.#values.delete(name);
  }

  async datesOf(name: string): Promise<SecretDates | undefined> {
    return this.#values.has(name) ? (this.#dates.get(name) ?? {}) : undefined;
  }

  /** Says when a secret was stored and when it expires, as an admin may. */
  date(name: string, dates: SecretDates): void {
    this.#dates.set(name, dates);
  }

  /** Takes a secret away, as an admin may. */
  delete(name: string): void {
    this.#values.delete(name);
  }
}
