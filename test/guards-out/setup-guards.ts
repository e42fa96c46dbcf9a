import type { Guard } from "./guard.ts";

const siteAddress = (only: string) => ({ file: "test/unit/fetch/guarded-lookup.test.ts", only });
const siteOptions = (only: string) => ({ file: "test/unit/functions/site-options.test.ts", only });
const nextKey = (only: string) => ({ file: "test/wire/sftp/next-key.test.ts", only });
const races = (only: string) => ({ file: "test/unit/api/setup-races.test.ts", only });
const connectors = (only: string) => ({ file: "test/unit/api/setup-connectors.test.ts", only });
const keys = (only: string) => ({ file: "test/unit/api/setup-keys.test.ts", only });

/** Setting up: where a site may be, two admins at once, keys that are rotated, what is recorded and what is rationed. */
export const setupGuards: readonly Guard[] = [
  {
    name: "site-not-the-machine-itself",
    rule: "R9",
    file: "shared/fetch/guarded-lookup.ts",
    source: "toOwnMachine ? [neverSites] : [neverSites, ownMachine]",
    instead: "toOwnMachine ? [neverSites] : [neverSites]",
    watchers: [siteAddress("in Azure nothing on the machine itself"), siteAddress("in Azure the machine itself")],
  },
  {
    name: "site-not-the-identity-endpoint",
    rule: "R9",
    file: "functions/site-options.ts",
    source: "except: identityEndpoints.flatMap((name) => toHost(environment[name])),",
    instead: "",
    watchers: [siteOptions("gives out tokens")],
  },
  {
    name: "site-reach-by-the-environment",
    rule: "R9",
    file: "functions/site-options.ts",
    source: "toOwnMachine: isLaptop(environment),",
    instead: "toOwnMachine: true || isLaptop(environment),",
    watchers: [siteOptions("a site may be on the machine itself"), siteOptions("neither the page's validation")],
  },
  {
    name: "site-reach-of-validations",
    rule: "R9",
    file: "functions/api-deps.ts",
    source: "toSiteOptions(settings, environment)",
    instead: "toSiteOptions(settings, {})",
    watchers: [siteOptions("neither the page's validation")],
  },
  {
    name: "site-reach-of-fetches",
    rule: "R9",
    file: "functions/stage-deps.ts",
    source: "toSiteOptions(settings, clients.environment)",
    instead: "toSiteOptions(settings, {})",
    watchers: [siteOptions("neither the page's validation")],
  },
  {
    name: "set-up-of-a-name-one-at-a-time",
    rule: "R9",
    file: "shared/api/handlers/alone.ts",
    source: "paths.lock(`setup-",
    instead: "paths.lock(String(Math.random()) + `setup-",
    watchers: [races("finishes becomes nothing, or a connector"), races("lies in wait for nobody")],
  },
  {
    name: "draft-changed-as-it-was-seen",
    rule: "R8",
    file: "shared/api/handlers/drafts.ts",
    source: "changeMatching(deps, document, seen.etag, change),",
    instead: "changeMatching(deps, document, ifMatch, change),",
    watchers: [races("at any version")],
  },
  {
    name: "ssh-switch-next-key-goes-last",
    rule: "R1",
    file: "shared/pipeline/store-ssh-key.ts",
    source: 'await storeSshKey(secrets, name, "current", next);\n  await retireSshKey(secrets, name, "next");',
    instead: 'await retireSshKey(secrets, name, "next");\n  await storeSshKey(secrets, name, "current", next);',
    watchers: [nextKey("dies between any two writes")],
  },
  {
    name: "ssh-next-key-where-the-current-cannot-be-opened",
    rule: "R1",
    file: "shared/fetch/sign-in.ts",
    source: 'if (isUsable(next)) return [toWay(next, "next")];',
    instead: "",
    watchers: [nextKey("dies between any two writes")],
  },
  {
    name: "ssh-next-key-is-offered",
    rule: "R1",
    file: "shared/fetch/sign-in.ts",
    source: 'return [toWay(current, "current"), toWay(next, "next")];',
    instead: 'return [toWay(current, "current")];',
    watchers: [nextKey("whichever key the site takes"), nextKey("refuses both")],
  },
  {
    name: "set-up-fetch-by-hand-is-rationed",
    rule: "R7",
    file: "shared/api/handlers/connectors.ts",
    source: ", ...fetchesOfOne });",
    instead: ", ...fetchesOfOne, most: Number.MAX_VALUE });",
    watchers: [connectors("not signed in to without end")],
  },
  {
    name: "set-up-validations-are-rationed",
    rule: "R7",
    file: "shared/api/handlers/validation.ts",
    source: ", ...perConnector });",
    instead: ", ...perConnector, most: Number.MAX_VALUE });",
    watchers: [{ file: "test/wire/api/validation.test.ts", only: "validated so often and not more" }],
  },
  {
    name: "set-up-password-leaves-a-record",
    rule: "R9",
    file: "shared/api/handlers/keys.ts",
    source: 'await audited(deps, principal, { action: "set-password", target: name }, () => withVault(set));',
    instead: "await withVault(set);",
    watchers: [keys("each change of a secret is in the audit log")],
  },
  {
    name: "set-up-pause-leaves-a-record",
    rule: "R9",
    file: "shared/api/handlers/connectors.ts",
    source: "await audited(deps, principal, { action, target: name }, () =>",
    instead: "await Promise.resolve().then(() =>",
    watchers: [connectors("paused twice it is paused once")],
  },
  {
    name: "set-up-open-drops-keep-their-connector",
    rule: "R1",
    file: "shared/api/handlers/delete-connector.ts",
    source: "if (open.length === 0) return;",
    instead: "if (open.length >= 0) return;",
    watchers: [connectors("not deleted while a drop of it is open")],
  },
  {
    name: "set-up-half-deleted-is-recorded-so",
    rule: "R9",
    file: "shared/api/handlers/delete-connector.ts",
    source: '=== undefined ? "removed" : "overtaken";',
    instead: '=== undefined ? "removed" : Promise.reject(preconditionFailed());',
    watchers: [races("does not say that nothing was done")],
  },
  {
    name: "set-up-deleted-leaves-no-password",
    rule: "R5",
    file: "shared/pipeline/forget-setup.ts",
    source: 'await secrets.retire(secretName(name, "sftp-password"));',
    instead: "",
    watchers: [connectors("no password in wait")],
  },
];
