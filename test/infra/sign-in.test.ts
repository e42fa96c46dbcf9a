import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const clientId = "11111111-2222-3333-4444-555555555555";
const settings = z.object({
  platform: z.object({ enabled: z.boolean() }),
  globalValidation: z.record(z.string(), z.unknown()),
  httpSettings: z.object({ requireHttps: z.boolean() }),
  identityProviders: z.object({ azureActiveDirectory: z.record(z.string(), z.unknown()) }),
  login: z.object({ tokenStore: z.object({ enabled: z.boolean() }) }),
});
const webhook = ["/runtime/webhooks/blobs"];

describe("signing in", { skip: whyNoBicep }, () => {
  let registered: z.infer<typeof settings>;
  let unregistered: z.infer<typeof settings>;
  let predicted: Prediction;
  before(async () => {
    predicted = await environments.longNamed();
    registered = settingsOf(predicted);
    unregistered = settingsOf(await environments.prod());
  });

  test("is asked of everybody, except on the path of the event webhook", () => {
    assert.deepEqual(registered.globalValidation, {
      requireAuthentication: true,
      unauthenticatedClientAction: "RedirectToLoginPage",
      redirectToProvider: "azureactivedirectory",
      excludedPaths: webhook,
    });
    assert.equal(registered.platform.enabled, true);
    assert.equal(registered.httpSettings.requireHttps, true);
  });

  test("is refused to everybody as long as there is no app registration", () => {
    assert.equal(unregistered.platform.enabled, true);
    assert.deepEqual(unregistered.globalValidation, {
      requireAuthentication: true,
      unauthenticatedClientAction: "Return401",
      excludedPaths: webhook,
    });
    assert.deepEqual(unregistered.identityProviders.azureActiveDirectory, { enabled: false });
  });

  test("takes tokens of this tenant for this registration, and keeps none", () => {
    const { registration, validation } = registered.identityProviders.azureActiveDirectory;
    const { openIdIssuer, ...known } = z.record(z.string(), z.string()).parse(registration);
    const tenant = "00000000-0000-0000-0000-0000000000aa";
    assert.equal(openIdIssuer, `[format('{0}{1}/v2.0', environment().authentication.loginEndpoint, '${tenant}')]`);
    assert.equal(known["clientId"], clientId);
    assert.deepEqual(validation, { allowedAudiences: [clientId, `api://${clientId}`] });
    assert.equal(registered.login.tokenStore.enabled, false);
  });

  test("needs no client secret: the setting it names holds the identity's client id", () => {
    const { registration } = registered.identityProviders.azureActiveDirectory;
    const { clientSecretSettingName = "" } = z.record(z.string(), z.string()).parse(registration);
    const named = predicted.one("Microsoft.Web/sites/config", "/appsettings").properties?.[clientSecretSettingName];
    assert.match(String(named), /userAssignedIdentities\/id-[\w-]+', '[\w-]+'\)\.clientId\]$/);
  });

  test("knows two app roles, for people only", () => {
    const roles = z
      .array(
        z.object({
          id: z.uuid(),
          value: z.string(),
          allowedMemberTypes: z.array(z.string()),
          isEnabled: z.literal(true),
        }),
      )
      .parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../infra/app-roles.json"), "utf8")));
    assert.deepEqual(
      roles.map(({ value }) => value),
      ["Connector.Admin", "Connector.Reader"],
    );
    assert.equal(new Set(roles.map(({ id }) => id)).size, 2);
    for (const { allowedMemberTypes } of roles) assert.deepEqual(allowedMemberTypes, ["User"]);
  });
});

function settingsOf(one: Prediction): z.infer<typeof settings> {
  return settings.parse(one.one("Microsoft.Web/sites/config", "/authsettingsV2").properties);
}
