import type { UnfinishedConnector } from "../config/connector-values.ts";
import { isTrustedHostKey, type ShownHostKey } from "../fetch/host-key.ts";
import type { SignInTold } from "../fetch/sign-in.ts";
import type { Site } from "../fetch/site.ts";
import { SiteError } from "../fetch/site-error.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { tryFormat, tryToDecrypt } from "./validate-file.ts";
import { readListing, type TriedFile } from "./validate-listing.ts";
import { tellFault } from "./validation-faults.ts";
import { type ValidationStepName, validationSteps } from "./validation-steps.ts";

/** What was found, for the admin's eyes: file names are among it, so none of it is logged or kept. */
export interface ValidationDetails {
  readonly hostKeys?: readonly (ShownHostKey & { readonly isTrusted: boolean })[];
  readonly files?: number;
  readonly matching?: number;
  readonly unusable?: number;
  readonly firstNames?: readonly string[];
  readonly otherNames?: readonly string[];
  readonly file?: string;
  readonly sizeInBytes?: number;
  readonly isEncrypted?: boolean;
  readonly fingerprint?: string;
  readonly isWhole?: boolean;
  readonly format?: string;
  readonly container?: "zip" | "gzip";
  readonly items?: number;
  readonly sshKey?: "current" | "next";
}

/** What a step came to. */
export interface StepOutcome {
  readonly outcome: "ok" | "failed" | "skipped";
  /** A static word; absent when all is well. */
  readonly reason?: string;
  /** A plain sentence; when it failed, with what to do. */
  readonly message: string;
  readonly details?: ValidationDetails;
}

/** A step and what it came to. */
export type ValidationStep = StepOutcome & { readonly step: ValidationStepName };

/** What trying a connection takes. */
export interface ValidateDeps {
  readonly secrets: Pick<Secrets, "get" | "getOptional">;
  /** Signs in as a fetch does. */
  readonly openSite: (connector: UnfinishedConnector, signal: AbortSignal, told: SignInTold) => Promise<Site>;
  /** The host keys that a site shows; nothing of ours is sent to it. */
  readonly fetchHostKeys: (
    site: Pick<UnfinishedConnector["site"], "host" | "port">,
    signal: AbortSignal,
  ) => Promise<readonly ShownHostKey[]>;
}

/**
 * Tries a connection step by step as a fetch would, up to the format of the newest file, of which no more than the beginning
 * is fetched. Nothing is kept. A step that fails ends it; those after it are told as skipped.
 *
 * @param signal ends it: what was being waited for then has timed out
 * @throws what is no fault of the site, its files or the secrets
 */
export async function validateConnection(
  deps: ValidateDeps,
  connector: UnfinishedConnector,
  signal: AbortSignal,
): Promise<readonly ValidationStep[]> {
  const done: ValidationStep[] = [];
  const walk = new Walk(done);
  const keys = await walk.take("connect", () => connect(deps, connector, signal));
  if (keys !== undefined) {
    const isTrusted = await walk.take("host-key", async () => compareHostKeys(connector, keys));
    if (isTrusted === true) await lookInside(deps, connector, signal, walk);
  }
  return [...done, ...skipRest(done)];
}

/** A step's outcome, and what the next one goes on with; without it there is no next one. */
export interface Stepped<T> {
  readonly told: StepOutcome;
  readonly next?: T | undefined;
}

/** Takes one step after the other and notes what they come to. */
class Walk {
  readonly #done: ValidationStep[];

  constructor(done: ValidationStep[]) {
    this.#done = done;
  }

  async take<T>(step: ValidationStepName, work: () => Promise<Stepped<T>>): Promise<T | undefined> {
    try {
      const { told, next } = await work();
      this.#done.push({ step, ...told });
      return next;
    } catch (error) {
      const fault = tellFault(error);
      if (fault === undefined) throw error;
      this.#done.push({ step, outcome: "failed", ...fault });
      return undefined;
    }
  }
}

async function connect(
  { fetchHostKeys }: ValidateDeps,
  { site }: UnfinishedConnector,
  signal: AbortSignal,
): Promise<Stepped<readonly ShownHostKey[]>> {
  const keys = await fetchHostKeys({ host: site.host, port: site.port }, signal);
  return { told: { outcome: "ok", message: "The host was found and speaks SSH." }, next: keys };
}

function compareHostKeys({ site }: UnfinishedConnector, keys: readonly ShownHostKey[]): Stepped<true> {
  const hostKeys = keys.map((key) => ({ ...key, isTrusted: isTrustedHostKey(site.hostKeys, key.fingerprint) }));
  if (hostKeys.some(({ isTrusted }) => isTrusted)) {
    return {
      told: { outcome: "ok", message: "The site shows a host key that is trusted.", details: { hostKeys } },
      next: true,
    };
  }
  if (site.hostKeys.length > 0) {
    const { reason, message } = new SiteError("host-key-changed");
    return { told: { outcome: "failed", reason, message, details: { hostKeys } } };
  }
  const message =
    "No host key is trusted yet, so nothing was sent to the site. Compare the fingerprint with the one that the site's operator has given you by another way; if they are the same, confirm it.";
  return { told: { outcome: "failed", reason: "host-key-unconfirmed", message, details: { hostKeys } } };
}

async function lookInside(
  deps: ValidateDeps,
  connector: UnfinishedConnector,
  signal: AbortSignal,
  walk: Walk,
): Promise<void> {
  const site = await walk.take("sign-in", async (): Promise<Stepped<Site>> => {
    const told: SignInTold = {};
    const next = await deps.openSite(connector, signal, told);
    return { told: { outcome: "ok", ...tellSignIn(told) }, next };
  });
  if (site === undefined) return;
  try {
    const file = await walk.take("list", () => readListing(site, connector, signal));
    if (file === undefined) return;
    await lookIntoFile(deps, connector, signal, walk, { site, file });
  } finally {
    await site.end();
  }
}

async function lookIntoFile(
  { secrets }: ValidateDeps,
  connector: UnfinishedConnector,
  signal: AbortSignal,
  walk: Walk,
  { site, file }: { readonly site: Site; readonly file: TriedFile },
): Promise<void> {
  const beginning = await walk.take("decrypt", () => tryToDecrypt({ secrets, site, signal }, connector, file));
  if (beginning === undefined) return;
  await walk.take("format", () => tryFormat(connector, beginning));
}

function tellSignIn({ key }: SignInTold): Pick<StepOutcome, "message" | "details"> {
  if (key === undefined) return { message: "The site has let the user in." };
  if (key === "current") return { message: "The site has let the user in with the SSH key.", details: { sshKey: key } };
  const message = "The site refused the current SSH key and has let the user in with the next one: switch the keys.";
  return { message, details: { sshKey: key } };
}

/** An empty folder is no fault: there is just nothing to try. */
function skipRest(done: readonly ValidationStep[]): ValidationStep[] {
  const isFailed = done.some(({ outcome }) => outcome === "failed");
  const why = isFailed
    ? { reason: "earlier-step-failed", message: "Not tried, since a step before it failed." }
    : {
        reason: "no-file",
        message: "Not tried, since there is no file to try it on. Validate again once there is one.",
      };
  return validationSteps.slice(done.length).map((step) => ({ step, outcome: "skipped" as const, ...why }));
}
