import { MissingSecret, type Secrets } from "../../shared/secrets/secrets.ts";

/** Secrets in memory. Held to test/contract/secrets. */
export class MemorySecrets implements Secrets {
  readonly #values: Map<string, string>;

  constructor(values: Readonly<Record<string, string>> = {}) {
    this.#values = new Map(Object.entries(values));
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
  }

  /** Takes a secret away, as an admin may. */
  delete(name: string): void {
    this.#values.delete(name);
  }
}
