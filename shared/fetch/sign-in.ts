import ssh2, { type AnyAuthMethod, type AuthenticationType, type ParsedKey } from "ssh2";
import type { SiteLogin } from "./site.ts";
import { SiteError } from "./site-error.ts";

/** Chooses the next way to sign in from what the site still takes; `false` when there is none left. */
export type SignIn = (left: readonly AuthenticationType[] | null, isPartial: boolean | null) => AnyAuthMethod | false;

/**
 * Signs in: first asks (`none`) what the site takes, then offers the key, the password, and the password again as the
 * answer to a prompt (many servers take it only so). A site that wants both key and password, in either order, reports
 * a partial success and is given the other one. Each way is used once a step, so a wrong password locks nobody out.
 *
 * @throws SiteError `private-key-unusable`
 */
export function toSignIn(login: SiteLogin): SignIn {
  const all = [...keyWays(login), ...passwordWays(login)];
  let ways: AnyAuthMethod[] = [{ type: "none", username: login.user }, ...all];
  let last: AuthenticationType | undefined;
  return (left, isPartial) => {
    if (isPartial === true) ways = all.filter(({ type }) => type !== last);
    const way = ways.find(({ type }) => type === "none" || left === null || left.includes(type));
    ways = ways.filter((other) => other !== way);
    last = way?.type;
    return way ?? false;
  };
}

function keyWays({ user, privateKey, passphrase }: SiteLogin): AnyAuthMethod[] {
  if (privateKey === undefined) return [];
  return [{ type: "publickey", username: user, key: parsePrivateKey(privateKey, passphrase) }];
}

/**
 * Reads a private SSH key. ssh2 would pass over one that it cannot read and report a refused sign-in, which sends the
 * admin to the wrong door.
 *
 * @throws SiteError `private-key-unusable`
 */
export function parsePrivateKey(privateKey: string, passphrase?: string): ParsedKey {
  const found: unknown = ssh2.utils.parseKey(privateKey, passphrase);
  const key: unknown = Array.isArray(found) ? found[0] : found;
  if (!isParsedKey(key) || !key.isPrivateKey()) throw new SiteError("private-key-unusable", { cause: key });
  return key;
}

function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === "object" && key !== null && "isPrivateKey" in key;
}

function passwordWays({ user: username, password }: SiteLogin): AnyAuthMethod[] {
  if (password === undefined) return [];
  return [
    { type: "password", username, password },
    {
      type: "keyboard-interactive",
      username,
      // Only a single hidden question asks for the password; to any other one it would be told by mistake.
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(({ echo }) => (prompts.length === 1 && echo !== true ? password : ""))),
    },
  ];
}
