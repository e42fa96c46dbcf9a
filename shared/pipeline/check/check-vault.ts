import { probeSecret, type VaultProbe } from "../../secrets/vault-probe.ts";
import type { TokenUse } from "./check-identity.ts";
import { ok, skipped, type Told, warning } from "./finding.ts";

/** What trying the vault takes. */
export interface VaultDeps {
  readonly vault: Pick<VaultProbe, "read" | "write">;
  readonly clock: { now(): number };
  readonly noToken: ReadonlySet<TokenUse>;
}

/** Reads a secret and writes to it: the app reads the connectors' secrets and stores the keys that it makes. */
export async function* checkVault({ vault, clock, noToken }: VaultDeps, signal: AbortSignal): AsyncGenerator<Told> {
  if (noToken.has("vault")) {
    yield skipped("the app has no token for the vault: see identity");
    return;
  }
  const version = await vault.read(signal);
  const probed = await vault.write(version, clock.now(), signal);
  if (probed !== "deleted") {
    yield ok(`read and written (secret ${probeSecret}, ${probed === "made" ? "made now" : "marked with the time"})`);
    return;
  }
  yield warning(
    `the secret ${probeSecret} was deleted; all the same the app may read and write`,
    `Bring it back: az keyvault secret recover --vault-name <vault> --name ${probeSecret}.`,
  );
}
