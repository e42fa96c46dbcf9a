import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connectorName, feedId } from "../../shared/chat/identifiers.ts";
import { type Connector, connector } from "../../shared/config/connector.ts";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { fetchHostKeys } from "../../shared/fetch/sftp-site.ts";
import { encryptFor } from "../sample/encrypt.ts";
import { generateDrop, type SampleDrop } from "../sample/generate-drop.ts";
import { type Source, type StartOptions, WrongOption } from "./options.ts";
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

/** Puts the connector's secrets into the vault: its password, and a PGP key, new or the given one. */
export async function seedVault(options: StartOptions, world: World): Promise<{ publicKey?: string }> {
  const vault = openVault(world);
  const { source, pgpKey } = options;
  const password = source.type === "sftp" ? decodeURIComponent(source.url.password) : world.facts.sitePassword;
  if (password !== "") seedSecret(vault, localConnector, "sftp-password", password);
  if (source.type === "sftp" && source.sshKey !== undefined) {
    seedSecret(vault, localConnector, "sftp-private-key", readFileSync(source.sshKey, "utf8"));
  }
  if (pgpKey !== undefined) {
    seedSecret(vault, localConnector, "pgp-private-key-1", readFileSync(pgpKey, "utf8"));
    const passphrase = process.env["PGP_PASSPHRASE"];
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

/** The connector as `state/connector/local` gets it. */
export async function toConnector(
  options: StartOptions,
  site: { readonly host: string; readonly port: number; readonly fingerprints: readonly string[] },
): Promise<Connector> {
  const { source, zone, itemLimit } = options;
  const isEncrypted = source.type === "sample" || options.pgpKey !== undefined;
  return connector.parse({
    v: 1,
    name: localConnector,
    feed: feedId.parse(source.type === "sample" ? siteUser : "LOCAL"),
    site: source.type === "sftp" ? await toOwnSite(source) : toLocalSite(site),
    zone,
    // On a laptop the site is looked at all the time; in Azure once a day is the default.
    schedule: "*/5 * * * * *",
    encryption: isEncrypted ? { type: "pgp", keys: [1] } : { type: "none" },
    ...(itemLimit === undefined ? {} : { itemLimit }),
  });
}

function toLocalSite({ host, port, fingerprints }: { host: string; port: number; fingerprints: readonly string[] }) {
  return { host, port, user: siteUser, hostKeys: fingerprints, folder: "/", login: "password" };
}

async function toOwnSite({ url, hostKey, sshKey }: Extract<Source, { type: "sftp" }>) {
  const host = url.hostname;
  const port = url.port === "" ? 22 : Number(url.port);
  const hostKeys = hostKey === undefined ? await askHostKeys(host, port) : [hostKey];
  const login = sshKey === undefined ? "password" : url.password === "" ? "key" : "key-and-password";
  return {
    host,
    port,
    user: decodeURIComponent(url.username),
    hostKeys,
    folder: decodeURIComponent(url.pathname) || "/",
    login,
  };
}

/** Nobody should trust a key unseen in earnest, so the fingerprints are shown and the option that pins one is named. */
async function askHostKeys(host: string, port: number): Promise<string[]> {
  const shown = await fetchHostKeys({ host, port }).catch((error: unknown) => {
    throw new WrongOption(`--sftp: ${error instanceof Error ? error.message : "the site cannot be reached"}`);
  });
  for (const { kind, fingerprint } of shown) {
    console.log(`The site shows this ${kind} host key; compare it, and pin it with --host-key ${fingerprint}`);
  }
  return shown.map(({ fingerprint }) => fingerprint);
}
