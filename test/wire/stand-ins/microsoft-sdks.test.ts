import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { TokenCredential } from "@azure/identity";
import { ClientSecretCredential, EnvironmentCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";
import { Client } from "@microsoft/microsoft-graph-client";
import type { StandIns, StandInsOptions } from "../../../local/stand-ins/start-stand-ins.ts";
import { startStandIns } from "../../../local/stand-ins/start-stand-ins.ts";
import { trustCertificate } from "../../../local/tls/trust-certificate.ts";
import { ANN, makeClock, makeFolder, toMessage } from "../../contract/stand-ins/graph-fixture.ts";

const VAULT = "https://vault.azure.net/.default";
const GRAPH = "https://graph.microsoft.com/.default";

async function start(t: TestContext, options: Partial<StandInsOptions> = {}): Promise<StandIns & { folder: string }> {
  const folder = options.folder ?? (await makeFolder(t));
  const directory = [{ id: ANN, userPrincipalName: "ann@example.com" }];
  const standIns = await startStandIns({ directory, ...options, folder });
  trustCertificate(standIns.tls);
  t.after(() => standIns.close());
  return { ...standIns, folder };
}

function toCredential(
  { tenantId, app, entra }: StandIns,
  secret = app.clientSecret,
  clientId = app.clientId,
): ClientSecretCredential {
  return new ClientSecretCredential(tenantId, clientId, secret, {
    authorityHost: entra.url,
    disableInstanceDiscovery: true,
    retryOptions: { maxRetries: 0 },
  });
}

function toSecrets(standIns: StandIns, credential: TokenCredential = toCredential(standIns)): SecretClient {
  return new SecretClient(standIns.keyVault.url, credential, {
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
  });
}

function toGraph(standIns: StandIns, credential: TokenCredential = toCredential(standIns)): Client {
  return Client.initWithMiddleware({
    baseUrl: standIns.graph.url,
    customHosts: new Set(["localhost"]),
    authProvider: { getAccessToken: async () => (await credential.getToken(GRAPH))?.token ?? "" },
  });
}

test("a credential gets a token, and out of the environment as well", async (t) => {
  const standIns = await start(t);
  const token = await toCredential(standIns).getToken(GRAPH);
  assert.ok(token.expiresOnTimestamp > Date.now() + 3_000_000);
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  Object.assign(process.env, standIns.environment);
  const credential = new EnvironmentCredential({ authorityHost: standIns.entra.url, disableInstanceDiscovery: true });
  assert.ok((await credential.getToken(VAULT)).token.length > 100);
});

test("a wrong secret, an unknown app, tenant and resource are refused with Entra's numbers", async (t) => {
  const standIns = await start(t);
  await assert.rejects(toCredential(standIns, "wrong").getToken(GRAPH), /AADSTS7000215/);
  await assert.rejects(toCredential(standIns, "x", ANN).getToken(GRAPH), /AADSTS700016/);
  await assert.rejects(
    toCredential({ ...standIns, tenantId: ANN }).getToken(GRAPH),
    /AADSTS90002|endpoints_resolution/,
  );
  await assert.rejects(toCredential(standIns).getToken("https://storage.azure.com/.default"), /AADSTS500011/);
});

test("a secret is set, read, versioned, listed, disabled, deleted, recovered and purged", async (t) => {
  const secrets = toSecrets(await start(t));
  const first = await secrets.setSecret("sftp-password", "one", {
    contentType: "text/plain",
    tags: { connector: "a" },
  });
  await secrets.setSecret("sftp-password", "two");
  assert.equal((await secrets.getSecret("sftp-password")).value, "two");
  assert.equal((await secrets.getSecret("SFTP-password", { version: first.properties.version ?? "" })).value, "one");
  await secrets.setSecret("other", "x");
  assert.deepEqual(await namesOf(secrets.listPropertiesOfSecrets()), ["other", "sftp-password"]);
  const versions = await toList(secrets.listPropertiesOfSecretVersions("sftp-password"));
  assert.deepEqual([versions.length, versions[0]?.tags], [2, { connector: "a" }]);
  await secrets.updateSecretProperties("sftp-password", first.properties.version ?? "", { enabled: false });
  const disabled = secrets.getSecret("sftp-password", { version: first.properties.version ?? "" });
  await assert.rejects(disabled, { statusCode: 403, code: "Forbidden" });

  const deleted = await (await secrets.beginDeleteSecret("sftp-password", { intervalInMs: 5 })).pollUntilDone();
  assert.ok(deleted.deletedOn instanceof Date);
  await assert.rejects(secrets.getSecret("sftp-password"), { statusCode: 404, code: "SecretNotFound" });
  await assert.rejects(secrets.setSecret("sftp-password", "three"), { statusCode: 409 });
  assert.deepEqual(await namesOf(secrets.listDeletedSecrets()), ["sftp-password"]);
  await (await secrets.beginRecoverDeletedSecret("sftp-password", { intervalInMs: 5 })).pollUntilDone();
  assert.equal((await secrets.getSecret("sftp-password")).value, "two");
  await (await secrets.beginDeleteSecret("other", { intervalInMs: 5 })).pollUntilDone();
  await secrets.purgeDeletedSecret("other");
  await assert.rejects(secrets.getDeletedSecret("other"), { statusCode: 404 });
});

async function toList<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const entry of list) all.push(entry);
  return all;
}

async function namesOf(list: AsyncIterable<{ name: string }>): Promise<string[]> {
  return (await toList(list)).map(({ name }) => name);
}

test("more secrets than a page are all listed; a bad name and a value too long are refused", async (t) => {
  const secrets = toSecrets(await start(t));
  for (let at = 0; at < 30; at += 1) await secrets.setSecret(`s-${String(at).padStart(2, "0")}`, "v");
  assert.equal((await namesOf(secrets.listPropertiesOfSecrets())).length, 30);
  await assert.rejects(secrets.setSecret("under_score", "v"), { statusCode: 400, code: "BadParameter" });
  await assert.rejects(secrets.setSecret("long", "v".repeat(25_601)), { statusCode: 400 });
});

test("secrets outlive the process, in files that only their owner reads", async (t) => {
  const first = await start(t, { keepsState: true });
  await toSecrets(first).setSecret("pgp-key", "secret words");
  await first.close();
  const files = await readdir(join(first.folder, "key-vault"));
  assert.deepEqual(files, ["pgp-key.json"]);
  assert.equal((await stat(join(first.folder, "key-vault", "pgp-key.json"))).mode & 0o777, 0o600);
  const second = await start(t, { keepsState: true, folder: first.folder });
  assert.equal((await toSecrets(second).getSecret("pgp-key")).value, "secret words");
  assert.equal(second.tls.ca, first.tls.ca);
  assert.equal((await stat(join(first.folder, "tls", "server-key.pem"))).mode & 0o777, 0o600);
  assert.doesNotMatch(await readFile(second.tls.caFile, "utf8"), /PRIVATE/);
});

test("Key Vault's failures come on demand: 403, 429, 500, a hang", async (t) => {
  const standIns = await start(t);
  const secrets = toSecrets(standIns);
  await secrets.setSecret("a", "v");
  const { faults } = standIns.keyVault;
  for (const [status, code] of [
    [403, "Forbidden"],
    [429, "Throttled"],
    [500, "InternalServerError"],
  ] as const) {
    faults.add({ action: { kind: "answer", status } });
    await assert.rejects(secrets.getSecret("a"), { statusCode: status, code });
    faults.clear();
  }
  faults.add({ action: { kind: "hang" } });
  await assert.rejects(secrets.getSecret("a", { abortSignal: AbortSignal.timeout(100) }), { name: "AbortError" });
});

test("after a revocation Key Vault's client gets itself a new token, with no error to its caller", async (t) => {
  const standIns = await start(t);
  const secrets = toSecrets(standIns);
  await secrets.setSecret("a", "v");
  standIns.entra.tokens.revokeAll();
  assert.equal((await secrets.getSecret("a")).value, "v");
});

test("Graph's client finds, posts and reads with Entra's token, and without a good one gets 401", async (t) => {
  const clock = makeClock(Date.now());
  const standIns = await start(t, { clock });
  const graph = toGraph(standIns);
  const made = await graph.api(`/users/${ANN}/messages`).header("Prefer", 'IdType="ImmutableId"').post(toMessage("k"));
  const found = await graph.api(`/users/${ANN}/messages`).filter("internetMessageId eq '<k@icechat.example>'").get();
  assert.equal(found.value.length, 1);
  assert.equal(made.isDraft, false);
  const refused = { statusCode: 401, code: "InvalidAuthenticationToken" };
  clock.pass(3_600_000);
  await assert.rejects(graph.api(`/users/${ANN}`).get(), refused);
  const withToken = (token: string): Client =>
    Client.initWithMiddleware({
      baseUrl: standIns.graph.url,
      customHosts: new Set(["localhost"]),
      authProvider: { getAccessToken: () => Promise.resolve(token) },
    });
  const vaultToken = (await toCredential(standIns).getToken(VAULT)).token;
  await assert.rejects(withToken(vaultToken).api(`/users/${ANN}`).get(), refused);
  const graphToken = (await toCredential(standIns).getToken(GRAPH)).token;
  await assert.rejects(withToken(`${graphToken}x`).api(`/users/${ANN}`).get(), refused);
  await withToken(graphToken).api(`/users/${ANN}`).get();
  standIns.entra.tokens.expireAll();
  await assert.rejects(withToken(graphToken).api(`/users/${ANN}`).get(), refused);
});

test("a revoked token is challenged with the claims that get a new one", async (t) => {
  const standIns = await start(t);
  const credential = toCredential(standIns);
  const get = async (claims?: string): Promise<Response> => {
    const { token } = await credential.getToken(GRAPH, {
      enableCae: true,
      ...(claims === undefined ? {} : { claims }),
    });
    return fetch(`${standIns.graph.url}/v1.0/users`, { headers: { authorization: `Bearer ${token}` } });
  };
  assert.equal((await get()).status, 200);
  standIns.entra.tokens.revokeAll();
  const refused = await get();
  const claims = /claims="([^"]+)"/.exec(refused.headers.get("www-authenticate") ?? "")?.[1] ?? "";
  assert.equal(refused.status, 401);
  assert.equal((await get(Buffer.from(claims, "base64").toString())).status, 200);
});

test("Entra can fail, and its tokens can be revoked over HTTP", async (t) => {
  const standIns = await start(t);
  const fault = standIns.entra.faults.add({
    match: { path: "/oauth2/v2.0/token" },
    action: { kind: "answer", status: 503 },
  });
  await assert.rejects(toCredential(standIns).getToken(GRAPH));
  assert.ok(fault.hits > 0);
  standIns.entra.faults.clear();
  const { token } = await toCredential(standIns).getToken(GRAPH);
  const revoked = await fetch(`${standIns.entra.url}/_control/tokens/revoke`, { method: "POST" });
  assert.equal(revoked.status, 204);
  assert.equal(standIns.entra.tokens.check(`Bearer ${token}`, "graph"), "revoked");
});
