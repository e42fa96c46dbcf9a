import type { Connector } from "../../shared/config/connector.ts";
import type { ShownHostKey } from "../../shared/fetch/host-key.ts";
import { fetchHostKeys } from "../../shared/fetch/sftp-site.ts";
import { SiteError } from "../../shared/fetch/site-error.ts";
import type { Progress } from "./progress.ts";
import type { SftpSource } from "./sftp-option.ts";
import type { World } from "./world.ts";
import { WrongOption } from "./wrong-option.ts";

/**
 * A site of the user's own as the connector gets it.
 * @throws WrongOption when it is to be asked for its host keys and shows none
 */
export async function toOwnSite(
  source: SftpSource,
  world: Pick<World, "facts" | "note">,
  progress: Pick<Progress, "say">,
): Promise<Pick<Connector["site"], "host" | "port" | "user" | "hostKeys" | "folder" | "login">> {
  const { host, port, user, folder, sshKey, password } = source;
  const hostKeys = await pinHostKeys(source, world, progress);
  const login = sshKey === undefined ? "password" : password === undefined ? "key" : "key-and-password";
  return { host, port, user, hostKeys, folder, login };
}

/**
 * The host keys that are trusted: the one given now or last, else those that the site showed at the first start. Nobody should trust a
 * key unseen in earnest, so they are shown, and the option that pins one is named.
 */
async function pinHostKeys(
  source: SftpSource,
  world: Pick<World, "facts" | "note">,
  progress: Pick<Progress, "say">,
): Promise<string[]> {
  const { host, port, hostKey } = source;
  const pinned = hostKey === undefined ? world.facts.hostKeys : [hostKey];
  const shown = await fetchHostKeys({ host, port }).catch((error: unknown) => {
    if (!(error instanceof SiteError)) throw error;
    if (pinned === undefined) throw new WrongOption(`--sftp ${host}:${port}: ${error.message}`);
    return [];
  });
  const fingerprints = shown.map(({ fingerprint }) => fingerprint);
  if (pinned !== undefined) {
    if (shown.length > 0 && !fingerprints.some((one) => pinned.includes(one))) progress.say(toStrange(pinned, shown));
    if (hostKey !== undefined) world.note({ hostKeys: pinned });
    return pinned;
  }
  for (const { kind, fingerprint } of shown) {
    progress.say(`The site shows this ${kind} host key; compare it, and pin it with --host-key ${fingerprint}`);
  }
  world.note({ hostKeys: fingerprints });
  return fingerprints;
}

function toStrange(pinned: readonly string[], shown: readonly ShownHostKey[]): string {
  const now = shown.map(({ kind, fingerprint }) => `${kind} ${fingerprint}`).join(", ");
  return `! the site shows ${now}; trusted is ${pinned.join(", ")}. If the site's operator confirms the new one, start with --host-key and it.`;
}
