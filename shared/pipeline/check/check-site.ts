import type { ConnectorName } from "../../chat/identifiers.ts";
import type { Connector } from "../../config/connector.ts";
import { toFileFilter } from "../../fetch/file-patterns.ts";
import type { ShownHostKey } from "../../fetch/host-key.ts";
import type { Site } from "../../fetch/site.ts";
import { SiteError } from "../../fetch/site-error.ts";
import type { Blobs } from "../../store/blobs.ts";
import { readFetchRecord } from "../fetch-record.ts";
import type { TokenUse } from "./check-identity.ts";
import { ok, skipped, type Told, warning } from "./finding.ts";
import { splitMessage } from "./tell-fault.ts";

/** What trying a connector's site takes. */
export interface SiteDeps {
  readonly blobs: Pick<Blobs, "read">;
  readonly clock: { now(): number };
  readonly openSite: (connector: Connector, signal: AbortSignal) => Promise<Pick<Site, "list" | "end">>;
  /** The host keys that a site shows; nothing of ours is sent to it. */
  readonly fetchHostKeys: (site: Connector["site"], signal: AbortSignal) => Promise<readonly ShownHostKey[]>;
  /** Keeps everybody from asking the site again for a while. */
  readonly spareSite: (name: ConnectorName, refusal: SiteError) => Promise<void>;
  readonly noToken: ReadonlySet<TokenUse>;
}

/**
 * Signs in to the site as a fetch does and lists the folder. A site that has refused lately is left alone, and one that refuses
 * now is noted, as by a fetch: a wrong password that is offered too often locks the account.
 */
export async function* checkSite(deps: SiteDeps, connector: Connector, signal: AbortSignal): AsyncGenerator<Told> {
  const refused = (await readFetchRecord(deps.blobs, connector.name))?.refused;
  if (refused !== undefined && deps.clock.now() < refused.until) {
    yield skipped(
      `it refused lately (${refused.reason}) and is left alone until ${new Date(refused.until).toISOString().slice(0, 19)}Z`,
      "Mend the cause and run the doctor again after that time; connector.fetch-failed in the log says what to do.",
    );
    return;
  }
  if (deps.noToken.has("vault")) {
    yield skipped("the app has no token for the vault, where the site's secrets are: see identity");
    return;
  }
  try {
    yield* lookIn(deps, connector, signal);
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    if (error.reason !== "aborted") await deps.spareSite(connector.name, error);
    yield await tellRefusal(deps, connector, error, signal);
  }
}

async function* lookIn(deps: SiteDeps, connector: Connector, signal: AbortSignal): AsyncGenerator<Told> {
  const site = await deps.openSite(connector, signal);
  try {
    const isWanted = toFileFilter(connector.site);
    const { files, unusable } = await site.list(connector.site.folder, signal, isWanted);
    const matching = files.filter(({ path }) => isWanted(path)).length;
    const count = `${matching} ${matching === 1 ? "file matches" : "files match"}`;
    yield ok(`host key trusted, signed in, folder listed: ${count}`);
    if (unusable === 0) return;
    yield warning(
      `it lists ${unusable} entries that nobody can fetch: impossible names, no size or time`,
      "Ask the site's operator what they are.",
    );
  } finally {
    await site.end();
  }
}

async function tellRefusal(
  { fetchHostKeys }: SiteDeps,
  { site }: Connector,
  error: SiteError,
  signal: AbortSignal,
): Promise<Told> {
  const told = splitMessage(error.message);
  if (error.reason !== "host-key-changed") return told;
  const shown = await fetchHostKeys(site, signal);
  const fingerprints = shown.map(({ kind, fingerprint }) => `${fingerprint} (${kind})`).join(", ");
  return { ...told, text: `${told.text} It shows ${fingerprints}; trusted: ${site.hostKeys.join(", ")}.` };
}
