import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { WrongOption } from "../../infra/access/options.ts";
import { ids, toComparable } from "./entra/directory-data.ts";
import { everything, outputs, startWorld } from "./entra/world.ts";

describe("registering the app in Entra", () => {
  test("makes all of it, in a directory that is some seconds behind", async () => {
    await using world = await startWorld();
    const { code, text } = await world.run();
    assert.equal(code, 0, text);
    const [app] = world.data.applications;
    assert.match(text, new RegExp(`param signInClientId = '${app?.["appId"]}'`));
    assert.equal(app?.["uniqueName"], outputs.functionAppName);
    assert.deepEqual(app?.["identifierUris"], [`api://${app?.["appId"]}`]);
    assert.deepEqual(app?.["web"], {
      redirectUris: [`${outputs.portalUrl}/.auth/login/aad/callback`],
      implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false },
    });
    const [credential] = world.data.federatedIdentityCredentials;
    assert.equal(credential?.["issuer"], `https://login.microsoftonline.com/${ids.tenant}/v2.0`);
    assert.equal(credential?.["subject"], ids.identity);
    assert.deepEqual(credential?.["audiences"], ["api://AzureADTokenExchange"]);
    const principal = world.data.servicePrincipals.find(({ appId }) => appId === app?.["appId"]);
    assert.equal(principal?.["appRoleAssignmentRequired"], true);
    assert.deepEqual(
      world.data.appRoleAssignments.map((one) => [
        one["principalId"],
        one["resourceId"] === principal?.id ? "app" : one["resourceId"],
      ]),
      [
        [ids.alice, "app"],
        [ids.auditors, "app"],
        [ids.identity, ids.graph],
      ],
    );
    assert.deepEqual(
      world.data.oauth2PermissionGrants.map(({ consentType, scope, resourceId }) => [consentType, scope, resourceId]),
      [["AllPrincipals", "openid profile email", ids.graph]],
    );
  });

  test("changes nothing when it is run again", async () => {
    await using world = await startWorld();
    await world.run();
    const before = structuredClone(world.data);
    world.graph.writes.length = 0;
    const { code, text } = await world.run();
    assert.deepEqual([code, world.graph.writes], [0, []]);
    assert.deepEqual(world.data, before);
    assert.doesNotMatch(text, /to put right/);
  });

  test("changes nothing as long as nobody has agreed, and says what it would do", async () => {
    await using world = await startWorld();
    const { code, text } = await world.run({ isAgreed: false });
    assert.equal(code, 1);
    assert.deepEqual(world.graph.writes, []);
    for (const words of [
      /app registration/,
      /service principal/,
      /federated/,
      /consented/,
      /alice.*Connector\.Admin/,
      /User\.Read\.All/,
    ]) {
      assert.match(text, words);
    }
  });

  test("waits as long as Graph asks, and reads every page of a list", async () => {
    await using world = await startWorld();
    world.graph.throttleEvery = 3;
    assert.equal((await world.run()).code, 0);
    assert.equal(world.graph.impatient, 0);
    world.directory.tamper(({ appRoleAssignments }) => {
      const grant = { principalId: ids.identity, resourceId: ids.graph };
      appRoleAssignments.push({ ...grant, id: "1", appRoleId: ids.groupReadAll });
      appRoleAssignments.push({ ...grant, id: "2", appRoleId: ids.mailReadWrite });
    });
    const { code, text } = await world.run({ mode: "check" });
    assert.equal(code, 1);
    assert.match(text, /Group\.Read\.All.*\n.*Mail\.ReadWrite/);
  });

  test("refuses to go on where the identity may write to all mailboxes, whichever API gives it that", async () => {
    for (const [resourceId, appRoleId, name] of [
      [ids.graph, ids.mailReadWrite, /Mail\.ReadWrite/],
      [ids.exchange, ids.fullAccess, /full_access_as_app/],
    ] as const) {
      await using world = await startWorld();
      world.directory.tamper((data) =>
        data.appRoleAssignments.push({ id: "a", principalId: ids.identity, resourceId, appRoleId }),
      );
      const { code, text } = await world.run();
      assert.equal(code, 1);
      assert.match(text, name);
      assert.deepEqual(world.graph.writes, []);
      assert.equal((await world.run({ mode: "check" })).code, 1);
    }
  });

  test("brings a deleted registration back with its client id and its people, instead of making a second one", async () => {
    await using world = await startWorld();
    await world.run();
    const [app] = world.data.applications;
    const id = app?.id ?? "";
    world.directory.handle({
      method: "DELETE",
      path: `/applications/${id}`,
      query: new URLSearchParams(),
      body: {},
      makesMissing: false,
    });
    world.directory.tamper(() => undefined);
    const { code, text } = await world.run({ people: [] });
    assert.equal(code, 0, text);
    assert.equal(world.data.applications[0]?.["appId"], app?.["appId"]);
    assert.equal(world.data.appRoleAssignments.length, 3);
    assert.equal((await world.run({ mode: "check" })).code, 0);
  });

  test("says so when the identity or a person is not in this tenant", async () => {
    await using world = await startWorld({ lagInMs: 0 });
    const stranger = await world.run({ people: [{ role: "Connector.Admin", who: "bob@bank.example" }] });
    assert.ok(stranger.error instanceof WrongOption);
    assert.match(stranger.error.message, /bob@bank\.example/);
    world.directory.tamper((data) => {
      data.servicePrincipals = data.servicePrincipals.filter(({ id }) => id !== ids.identity);
    });
    const elsewhere = await world.run();
    assert.ok(elsewhere.error instanceof WrongOption);
    assert.deepEqual(world.graph.writes, []);
  });

  test("has the addresses of another cloud in the credential, and further addresses of the page", async () => {
    await using world = await startWorld({ lagInMs: 0 });
    const cloud = {
      ...everything.cloud,
      authority: "https://login.microsoftonline.us",
      audience: "api://AzureADTokenExchangeUSGov",
    };
    assert.equal((await world.run({ cloud, otherUrls: ["https://chats.bank.example/"] })).code, 0);
    const [credential] = world.data.federatedIdentityCredentials;
    assert.equal(credential?.["issuer"], `https://login.microsoftonline.us/${ids.tenant}/v2.0`);
    assert.match(
      JSON.stringify(world.data.applications[0]?.["web"]),
      /"https:\/\/chats\.bank\.example\/\.auth\/login\/aad\/callback"/,
    );
  });
});

describe("taking the registration back", () => {
  test("removes what registering has made, and nothing else", async () => {
    await using world = await startWorld();
    const grant = { id: "other", principalId: ids.identity, resourceId: ids.graph, appRoleId: ids.groupReadAll };
    world.directory.tamper((data) => {
      data.appRoleAssignments.push(grant);
      data.applications.push({ id: "another app", appId: "another", uniqueName: "another" });
    });
    const before = toComparable(world.data);
    await world.run();
    const { code, text } = await world.run({ mode: "undo" });
    assert.equal(code, 0, text);
    assert.deepEqual(toComparable(world.data), before);
  });

  test("asks first", async () => {
    await using world = await startWorld();
    await world.run();
    world.graph.writes.length = 0;
    const { code, text } = await world.run({ mode: "undo", isAgreed: false });
    assert.equal(code, 1);
    assert.match(text, /roles of 2 people/);
    assert.deepEqual(world.graph.writes, []);
  });

  test("leaves the name free to be registered again", async () => {
    await using world = await startWorld();
    await world.run();
    await world.run({ mode: "undo" });
    assert.equal((await world.run({ mode: "undo" })).code, 0);
    assert.equal((await world.run()).code, 0);
  });
});
