import ssh2, { type AnyAuthMethod, type AuthenticationType, type ParsedKey } from "ssh2";
import type { SiteLogin } from "./site.ts";
import { SiteError } from "./site-error.ts";

/** Chooses the next way to sign in from what the site still takes; `false` when there is none left. */
export type SignIn = (left: readonly AuthenticationType[] | null, isPartial: boolean | null) => AnyAuthMethod | false;

/** What came of a sign-in, once it is done. */
export interface SignInTold {
  /** Which key the site took; undefined where it took none. */
  key?: "current" | "next" | undefined;
}

/**
 * Signs in: first asks (`none`) what the site takes, then offers the key, the next key, the password, and the password again
 * as the answer to a prompt (many servers take it only so). A site that wants both key and password, in either order,
 * reports a partial success and is given the other one. Each way is used once a step, so a wrong password locks nobody out.
 *
 * @param told takes which key the site took
 * @throws SiteError `private-key-unusable`
 */
export function toSignIn(login: SiteLogin, told: SignInTold = {}): SignIn {
  const all = [...keyWays(login), ...passwordWays(login)];
  let ways: Way[] = [{ way: { type: "none", username: login.user } }, ...all];
  let last: Way | undefined;
  return (left, isPartial) => {
    if (isPartial === true) ways = all.filter(({ way }) => way.type !== last?.way.type);
    else if (last?.key !== undefined) told.key = undefined;
    const next = ways.find(({ way: { type } }) => type === "none" || left === null || left.includes(type));
    ways = ways.filter((other) => other !== next);
    last = next;
    if (next?.key !== undefined) told.key = next.key;
    return next?.way ?? false;
  };
}

interface Way {
  readonly way: AnyAuthMethod;
  readonly key?: SignInTold["key"];
}

/** Where there is a next key, one of the two that cannot be opened does no harm: its passphrase may be about to be set. */
function keyWays({ user: username, privateKey, passphrase, nextKey }: SiteLogin): Way[] {
  if (privateKey === undefined) return [];
  const toWay = (key: ParsedKey, name: "current" | "next"): Way => ({
    way: { type: "publickey", username, key },
    key: name,
  });
  if (nextKey === undefined) return [toWay(parsePrivateKey(privateKey, passphrase), "current")];
  const current = readPrivateKey(privateKey, passphrase);
  const next = readPrivateKey(nextKey.privateKey, nextKey.passphrase);
  if (isUsable(current) && isUsable(next)) return [toWay(current, "current"), toWay(next, "next")];
  if (isUsable(next)) return [toWay(next, "next")];
  return [toWay(parsePrivateKey(privateKey, passphrase), "current")];
}

/**
 * Reads a private SSH key. ssh2 would pass over one that it cannot read and report a refused sign-in, which sends the
 * admin to the wrong door.
 *
 * @throws SiteError `private-key-unusable`
 */
export function parsePrivateKey(privateKey: string, passphrase?: string): ParsedKey {
  const key = readPrivateKey(privateKey, passphrase);
  if (!isUsable(key)) throw new SiteError("private-key-unusable", { cause: key });
  return key;
}

/** The key, the public half that it is, or what ssh2 says is wrong. */
export function readPrivateKey(privateKey: string, passphrase?: string): unknown {
  const found: unknown = ssh2.utils.parseKey(privateKey, passphrase);
  return Array.isArray(found) ? found[0] : found;
}

function isUsable(key: unknown): key is ParsedKey {
  return isParsedKey(key) && key.isPrivateKey();
}

/** Whether ssh2 could read it, private or public. */
export function isParsedKey(key: unknown): key is ParsedKey {
  return typeof key === "object" && key !== null && "isPrivateKey" in key;
}

function passwordWays({ user: username, password }: SiteLogin): Way[] {
  if (password === undefined) return [];
  const asAnswer: AnyAuthMethod = {
    type: "keyboard-interactive",
    username,
    // Only a single hidden question asks for the password; to any other one it would be told by mistake.
    prompt: (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(({ echo }) => (prompts.length === 1 && echo !== true ? password : ""))),
  };
  return [{ way: { type: "password", username, password } }, { way: asAnswer }];
}
