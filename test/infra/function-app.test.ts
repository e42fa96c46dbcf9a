import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { parseSettings, settingNames } from "../../shared/config/settings.ts";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";
import { listRegistered } from "./registered.ts";

const site = "Microsoft.Web/sites";
/** What the app knows and Azure never sets, each with its reason. */
const neverInAzure: Readonly<Record<string, string>> = {
  AzureWebJobsStorage: "a connection string holds a key, and the account takes none",
  AzureWebJobsStorage__accountName: "with it the host would look for tables, where the identity has no role",
  ENTRA_INSTANCE_DISCOVERY: "off only where the authority is a stand-in",
  KEY_VAULT_CHALLENGE_VERIFICATION: "off only where the vault is a stand-in",
  PORTAL_DEVELOPMENT_ROLE: "there the roles come from Entra, and the app takes no other",
};
/** What the app does not know and the platform or the identity library reads. */
const ofThePlatform: Readonly<Record<string, string>> = {
  FUNCTIONS_EXTENSION_VERSION: "the host's major version",
  AzureWebJobsStorage__credential: "the host reaches storage as an identity",
  AzureWebJobsStorage__clientId: "as this one",
  AZURE_CLIENT_ID: "DefaultAzureCredential takes this identity",
  AZURE_TOKEN_CREDENTIALS: "and tries no other credential",
  APPLICATIONINSIGHTS_CONNECTION_STRING: "where telemetry goes",
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: "as which identity",
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: "sign-in proves the app by its identity",
  languageWorkers__node__arguments: "keeps a worker process small",
  MALLOC_ARENA_MAX: "and what its threads allocate (mallopt(3))",
};
/** What only Azure can tell, by the expression that asks for it. */
const toldByAzure: readonly (readonly [pattern: RegExp, value: string])[] = [
  [
    /^\[format\('https:\/\/\{0\}\.(?:blob|queue)\.\{1\}', 'st\w+', environment\(\)\.suffixes\.storage\)\]$/,
    "https://st.example",
  ],
  [/^\[format\('https:\/\/\{0\}\{1\}', 'kv-[\w-]+', environment\(\)\.suffixes\.keyvaultDns\)\]$/, "https://kv.example"],
  [/'AzureCloud', 'https:\/\/graph\.microsoft\.com',.*\[environment\(\)\.name\]\]$/, "https://graph.microsoft.com"],
  [/environment\(\)\.authentication\.loginEndpoint/, "https://login.microsoftonline.com"],
  [/Microsoft\.Network\/publicIPAddresses\/pip-[\w-]+', '[\w-]+'\)\.ipAddress\]$/, "203.0.113.1"],
];

describe("the function app", { skip: whyNoBicep }, () => {
  let all: Prediction[];
  let dev: Prediction;
  let prod: Prediction;
  let signedIn: Prediction;
  before(async () => {
    [dev, prod, signedIn] = await Promise.all([environments.dev(), environments.prod(), environments.longNamed()]);
    all = [dev, prod, signedIn];
  });

  test("has the settings that the loader knows and the platform's, no more and no less", () => {
    const known = settingNames.filter((name) => neverInAzure[name] === undefined);
    for (const one of all) {
      assert.deepEqual(Object.keys(settingsOf(one)).toSorted(), [...known, ...Object.keys(ofThePlatform)].toSorted());
    }
    const unread = Object.keys(neverInAzure).filter((name) => !settingNames.includes(name));
    assert.deepEqual(unread, []);
  });

  test("gives the loader its own defaults, where an environment does not choose", () => {
    const needed = { KEY_VAULT_URI: "https://kv.example", OUTBOUND_IP: "203.0.113.1" };
    const storage = {
      AzureWebJobsStorage__blobServiceUri: "https://st.example",
      AzureWebJobsStorage__queueServiceUri: "https://st.example",
    };
    const { fetchDrops, sweep, ...others } = timerSchedules();
    assert.deepEqual(others, {});
    const schedules = { FETCH_SCHEDULE: fetchDrops, SWEEP_SCHEDULE: sweep };
    const defaults = parseSettings({ ...needed, ...storage, ...schedules });
    assert.deepEqual(parseSettings(asAzureTellsThem(settingsOf(prod))), defaults);
    const chosen = { PLAINTEXT_DAYS: 3, SWEEP_SCHEDULE: "0 */2 * * * *" };
    assert.deepEqual(parseSettings(asAzureTellsThem(settingsOf(signedIn))), { ...defaults, ...chosen });
  });

  test("runs as the laptop's sample does, where both say something", () => {
    const sample = z
      .object({ Values: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../local.settings.sample.json"), "utf8"))).Values;
    const name = "languageWorkers__node__arguments";
    assert.equal(settingsOf(prod)[name], sample[name]);
  });

  test("runs on Flex Consumption with Node 24, deployed and reaching storage as its identity", () => {
    for (const one of all) {
      const { id } = one.one("Microsoft.ManagedIdentity/userAssignedIdentities");
      const { functionAppConfig } = z
        .object({
          functionAppConfig: z.object({
            deployment: z.object({ storage: z.record(z.string(), z.unknown()) }),
            runtime: z.unknown(),
            scaleAndConcurrency: z.object({ maximumInstanceCount: z.number().max(40), alwaysReady: z.unknown() }),
          }),
        })
        .parse(one.one(site).properties);
      assert.deepEqual(functionAppConfig.runtime, { name: "node", version: "24" });
      assert.deepEqual(functionAppConfig.scaleAndConcurrency.alwaysReady, [{ name: "blob", instanceCount: 1 }]);
      const { value, ...how } = functionAppConfig.deployment.storage;
      assert.match(String(value), /\/app-package'/);
      assert.deepEqual(how, {
        type: "blobContainer",
        authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: id },
      });
      assert.equal(settingsOf(one)["AzureWebJobsStorage__credential"], "managedidentity");
      assert.deepEqual(one.one("Microsoft.Web/serverfarms")["sku"], { name: "FC1", tier: "FlexConsumption" });
    }
  });

  test("takes no plain HTTP, no old TLS and no publishing password", () => {
    for (const one of all) {
      const { properties = {} } = one.one(site);
      assert.equal(properties["httpsOnly"], true);
      const { minTlsVersion } = z.object({ minTlsVersion: z.string() }).parse(properties["siteConfig"]);
      assert.equal(minTlsVersion, "1.2");
      const policies = one.all(`${site}/basicPublishingCredentialsPolicies`);
      assert.deepEqual(
        policies.map(({ properties: allowed }) => allowed),
        [{ allow: false }, { allow: false }],
      );
    }
  });

  test("says nothing in siteConfig that Flex Consumption refuses", () => {
    const taken = [
      "minTlsVersion",
      "scmMinTlsVersion",
      "http20Enabled",
      "ipSecurityRestrictionsDefaultAction",
      "ipSecurityRestrictions",
    ];
    for (const one of all) {
      const config = z.record(z.string(), z.unknown()).parse(one.one(site).properties?.["siteConfig"]);
      assert.deepEqual(Object.keys(config).toSorted(), taken.toSorted());
    }
  });

  test("lets blob events in, where the admin's page is open to some addresses only", () => {
    const rule = z.object({ action: z.literal("Allow"), ipAddress: z.string(), tag: z.string().optional() });
    const config = z
      .object({ ipSecurityRestrictionsDefaultAction: z.string(), ipSecurityRestrictions: z.array(rule) })
      .parse(signedIn.one(site).properties?.["siteConfig"]);
    assert.equal(config.ipSecurityRestrictionsDefaultAction, "Deny");
    assert.deepEqual(
      config.ipSecurityRestrictions.map(({ ipAddress, tag }) => [ipAddress, tag]),
      [
        ["203.0.113.7/32", undefined],
        ["198.51.100.0/24", undefined],
        ["AzureEventGrid", "ServiceTag"],
      ],
    );
  });
});

function settingsOf(one: Prediction): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).parse(one.one(`${site}/config`, "/appsettings").properties);
}

function asAzureTellsThem(settings: Readonly<Record<string, string>>): Record<string, string> {
  const known = Object.entries(settings).filter(([name]) => settingNames.includes(name));
  return Object.fromEntries(known.map(([name, value]) => [name, value.startsWith("[") ? toValue(name, value) : value]));
}

function toValue(name: string, expression: string): string {
  const [, value] = toldByAzure.find(([pattern]) => pattern.test(expression)) ?? [];
  assert.ok(value !== undefined, `${name} is ${expression}`);
  return value;
}

function timerSchedules(): Record<string, string> {
  const timers = listRegistered().filter(({ kind }) => kind === "timer");
  return Object.fromEntries(timers.map(({ name, options }) => [name, String(options["schedule"])]));
}
