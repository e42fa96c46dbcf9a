import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { ClientSecretCredential, type TokenCredential } from "@azure/identity";
import { type StandIns, startStandIns } from "../../../local/stand-ins/start-stand-ins.ts";
import { trustCertificate } from "../../../local/tls/trust-certificate.ts";
import { createCredential } from "../../../shared/secrets/credential.ts";
import { VaultFault } from "../../../shared/secrets/vault-fault.ts";
import { VaultSecrets, type VaultSecretsDeps } from "../../../shared/secrets/vault-secrets.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { describeSecrets } from "./secrets-contract.ts";

let folder: string;
let standIns: StandIns;
let credential: TokenCredential;
let shared: VaultSecrets;
const environmentBefore = { ...process.env };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-"));
  standIns = await startStandIns({ folder, directory: [] });
  trustCertificate(standIns.tls);
  Object.assign(process.env, standIns.environment);
  credential = createCredential({ authorityHost: standIns.entra.url, hasInstanceDiscovery: false });
  shared = open();
});
beforeEach(() => standIns.keyVault.faults.clear());
after(async () => {
  process.env = environmentBefore;
  await standIns.close();
  await rm(folder, { recursive: true });
});

function open(options: Partial<VaultSecretsDeps> = {}): VaultSecrets {
  return new VaultSecrets({ credential, vaultUrl: standIns.keyVault.url, verifiesChallenge: false, ...options });
}

describeSecrets("VaultSecrets", () => shared);

test("VaultSecrets: a value is kept for a while, asked for again after it, and at once if it must be fresh", async () => {
  const clock = new FakeClock();
  const reader = open({ clock, cacheInMs: 60_000 });
  const admin = open();
  await admin.set("icechat-rotated", "old");
  assert.equal(await reader.get("icechat-rotated"), "old");
  await admin.set("icechat-rotated", "new");
  await clock.turn(59_999);
  assert.equal(await reader.get("icechat-rotated"), "old");
  assert.equal(await reader.get("icechat-rotated", { fresh: true }), "new");
  await admin.set("icechat-rotated", "newer");
  await clock.turn(60_000);
  assert.equal(await reader.get("icechat-rotated"), "newer");
});

test("VaultSecrets: ten who want the same secret at once make one request", async () => {
  await shared.set("icechat-wanted", "x");
  standIns.keyVault.faults.add({ match: { path: "icechat-wanted" }, nth: 3, action: { kind: "answer", status: 403 } });
  const reader = open();
  // The first request of a client is challenged, so it counts as two.
  const values = await Promise.all(Array.from({ length: 10 }, () => reader.get("icechat-wanted")));
  assert.deepEqual(values, Array(10).fill("x"));
});

test("VaultSecrets: what passes is tried again: 503, 429 and a connection that breaks", async () => {
  await shared.set("icechat-shaky", "x");
  for (const action of [
    { kind: "answer", status: 503, retryAfter: "0" },
    { kind: "answer", status: 429, retryAfter: "0" },
    { kind: "hang-up" },
  ] as const) {
    standIns.keyVault.faults.add({ match: { path: "icechat-shaky" }, nth: 1, action });
    assert.equal(await open().get("icechat-shaky"), "x", action.kind);
    standIns.keyVault.faults.clear();
  }
});

test("VaultSecrets: 403 names the role, a firewall's 403 the firewall, 401 the token", async () => {
  const refusals: [number, string, RegExp][] = [
    [403, "Forbidden", /Key Vault Secrets Officer/],
    [403, "ForbiddenByRbac", /Key Vault Secrets Officer/],
    [403, "ForbiddenByFirewall", /firewall refuses the app/],
    [401, "Unauthorized", /does not take the token/],
  ];
  for (const [status, code, wanted] of refusals) {
    standIns.keyVault.faults.clear();
    standIns.keyVault.faults.add({ action: { kind: "answer", status, code } });
    const faults = await Promise.all([toFault(open().get("icechat-a")), toFault(open().set("icechat-a", "hunter2"))]);
    for (const fault of faults) assert.match(fault.message, wanted);
  }
});

test("VaultSecrets: a vault that does not answer is given up, and one that cannot be reached is said to be", async () => {
  standIns.keyVault.faults.add({ action: { kind: "hang" } });
  assert.match((await toFault(open({ timeoutInMs: 200 }).get("icechat-a"))).message, /cannot be reached/);
  const nowhere = open({ vaultUrl: "https://localhost:1", timeoutInMs: 3000 });
  assert.match((await toFault(nowhere.get("icechat-a"))).message, /localhost:1 .*cannot be reached/);
});

test("VaultSecrets: an app without an identity and one that Entra refuses are told apart", async () => {
  const nobody: TokenCredential = {
    getToken: () => Promise.reject(Object.assign(new Error("no"), { name: "CredentialUnavailableError" })),
  };
  assert.match((await toFault(open({ credential: nobody }).get("icechat-a"))).message, /has no identity/);
  const refused = new ClientSecretCredential(standIns.tenantId, standIns.app.clientId, "wrong", {
    authorityHost: standIns.entra.url,
    disableInstanceDiscovery: true,
  });
  assert.match((await toFault(open({ credential: refused }).get("icechat-a"))).message, /AZURE_CLIENT_SECRET/);
});

test("VaultSecrets: a disabled secret counts as missing, a deleted one cannot be set unless it is recovered", async () => {
  await shared.set("icechat-off", "x");
  const token = (await credential.getToken("https://vault.azure.net/.default"))?.token ?? "";
  const call = (method: string, path: string, body?: object) =>
    fetch(`${standIns.keyVault.url}/secrets/${path}?api-version=7.5`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
  await call("PATCH", "icechat-off/", { attributes: { enabled: false } });
  assert.equal(await open().getOptional("icechat-off"), undefined);
  await call("DELETE", "icechat-off");
  assert.match((await toFault(open().set("icechat-off", "hunter2"))).message, /recover it/);
});

test("VaultSecrets: no error holds a value, however deep one looks", async () => {
  for (const action of [
    { kind: "answer", status: 403 },
    { kind: "answer", status: 400 },
  ] as const) {
    standIns.keyVault.faults.clear();
    standIns.keyVault.faults.add({ action });
    const fault = await toFault(open().set("icechat-a", "hunter2"));
    assert.deepEqual(
      [...toStrings(fault)].filter((text) => text.includes("hunter2")),
      [],
    );
  }
});

async function toFault(promise: Promise<unknown>): Promise<VaultFault> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof VaultFault, String(error));
  return error;
}

/** Every string that can be reached from a value, by any property. */
function toStrings(value: unknown): Set<string> {
  const seen = new Set<unknown>();
  const strings = new Set<string>();
  const visit = (next: unknown): void => {
    if (typeof next === "string") strings.add(next);
    if (typeof next !== "object" || next === null || seen.has(next)) return;
    seen.add(next);
    for (const key of Reflect.ownKeys(next)) visit(Reflect.get(next, key));
  };
  visit(value);
  return strings;
}
