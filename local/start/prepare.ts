import { join } from "node:path";
import { connectorName, feedId } from "../../shared/chat/identifiers.ts";
import { type Connector, connector } from "../../shared/config/connector.ts";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { encryptFor } from "../sample/encrypt.ts";
import { generateDrop, type SampleDrop } from "../sample/generate-drop.ts";
import type { StartOptions } from "./options.ts";
import { readPgpKey, readSshKey } from "./own-keys.ts";
import { toOwnSite } from "./own-site.ts";
import type { Progress } from "./progress.ts";
import { openVault, seedSecret } from "./seed-secrets.ts";
import { putOnSite } from "./site-files.ts";
import type { World } from "./world.ts";

/** Name of the one connector that `npm start` sets up. */
export const localConnector = connectorName.parse("local");
/** The local site's user: at ICE it is the firm code. */
export const siteUser = "ACME01";

/** The folder that the local site serves. */
export function siteFolder(world: World): string {
  return join(world.folder, "site");
}

/** The sample of these options, in the world's day; undefined when it is about somebody's own data. */
export function toSample({ source, zone }: StartOptions, world: World): SampleDrop | undefined {
  if (source.type !== "sample") return undefined;
  const { messages, users, format, seed } = source;
  return generateDrop({ messages, users, format, seed, zone, day: world.facts.day, feed: siteUser });
}

/**
 * Puts the connector's secrets into the vault: its password, and a PGP key, new or the given one.
 * @throws WrongOption when a key of the user's own does not work
 */
export async function seedVault(options: StartOptions, world: World): Promise<{ publicKey?: string }> {
  const { source, pgpKey } = options;
  const vault = openVault(world);
  const password = source.type === "sftp" ? source.password : world.facts.sitePassword;
  if (password !== undefined) seedSecret(vault, localConnector, "sftp-password", password);
  if (source.type === "sftp" && source.sshKey !== undefined) {
    const { text, passphrase } = readSshKey(source.sshKey, process.env["SSH_PASSPHRASE"]);
    seedSecret(vault, localConnector, "sftp-private-key", text);
    if (passphrase !== undefined) seedSecret(vault, localConnector, "sftp-passphrase", passphrase);
  }
  if (pgpKey !== undefined) {
    const { text, passphrase } = await readPgpKey(pgpKey, process.env["PGP_PASSPHRASE"]);
    seedSecret(vault, localConnector, "pgp-private-key-1", text);
    if (passphrase !== undefined) seedSecret(vault, localConnector, "pgp-passphrase-1", passphrase);
  }
  if (source.type !== "sample" || world.facts.isSampleReady) return {};
  const passphrase = world.facts.clientSecret;
  const keys = await generatePgpKeys({ kind: "curve25519", name: "ICE Chat archive (local sample)", passphrase });
  seedSecret(vault, localConnector, "pgp-private-key-1", keys.privateKey);
  seedSecret(vault, localConnector, "pgp-passphrase-1", passphrase);
  return { publicKey: keys.publicKey };
}

/** Encrypts the sample's files and puts them on the local site; once for each world. */
export async function putSampleOnSite(world: World, sample: SampleDrop, publicKey: string): Promise<void> {
  for (const file of sample.files) {
    const encrypted = encryptFor(publicKey, file.open());
    await putOnSite(siteFolder(world), `${file.name}.pgp`, file.modifiedAt, encrypted);
  }
  world.note({ isSampleReady: true });
}

/** What making the connector takes. */
export interface ConnectorDeps {
  readonly site: { readonly host: string; readonly port: number; readonly fingerprints: readonly string[] };
  readonly world: World;
  readonly progress: Pick<Progress, "say">;
}

/**
 * The connector as `state/connector/local` gets it.
 * @throws WrongOption when a site of the user's own does not show its host key
 */
export async function toConnector(options: StartOptions, { site, world, progress }: ConnectorDeps): Promise<Connector> {
  const { source, zone, itemLimit } = options;
  const isOwnSite = source.type === "sftp";
  const isEncrypted = source.type === "sample" || options.pgpKey !== undefined;
  return connector.parse({
    v: 1,
    name: localConnector,
    feed: feedId.parse(source.type === "sample" ? siteUser : "LOCAL"),
    site: isOwnSite ? await toOwnSite(source, world, progress) : toLocalSite(site),
    zone,
    // The local site is looked at all the time, somebody else's each minute; in Azure once a day is the default.
    schedule: isOwnSite ? "0 * * * * *" : "*/5 * * * * *",
    encryption: isEncrypted ? { type: "pgp", keys: [1] } : { type: "none" },
    ...(itemLimit === undefined ? {} : { itemLimit }),
  });
}

function toLocalSite({ host, port, fingerprints }: { host: string; port: number; fingerprints: readonly string[] }) {
  return { host, port, user: siteUser, hostKeys: fingerprints, folder: "/", login: "password" };
}
