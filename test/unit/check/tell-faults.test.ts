import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationRequiredError, CredentialUnavailableError } from "@azure/identity";
import { tellStorageFault } from "../../../shared/pipeline/check/tell-storage-fault.ts";
import { isTokenFault, tellTokenFault } from "../../../shared/pipeline/check/tell-token-fault.ts";
import { readClaims } from "../../../shared/pipeline/check/token-claims.ts";
import { toVaultScope } from "../../../shared/secrets/vault-probe.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";

function faultOf(statusCode: number | undefined, code: string): StorageFault {
  return new StorageFault("read", "state/x", Object.assign(new Error("words"), { statusCode, code }));
}

for (const [status, code, app, person] of [
  [403, "AuthorizationPermissionMismatch", /^The app's identity needs/, /^You need Storage Blob Data Contributor/],
  [403, "AuthorizationFailure", /reach the account through its subnet/, /adminAddresses/],
  [403, "InvalidAuthenticationInfo", /of another tenant/, /az login --tenant/],
  [404, "ContainerNotFound", /^Deploy again/, /^Deploy again/],
  [503, "ServerBusy", /^Storage is busy/, /^Storage is busy/],
  [409, "AccountBeingCreated", /look the code up/, /look the code up/],
  [undefined, "ENOTFOUND", /^No such address/, /^No such address/],
  [undefined, "ETIMEDOUT", /drops what is sent/, /drops what is sent/],
] as const) {
  test(`storage's ${status ?? "silence"} ${code} has its own advice, for the app and for a person`, () => {
    assert.match(tellStorageFault(faultOf(status, code), "app").todo ?? "", app);
    assert.match(tellStorageFault(faultOf(status, code), "person").todo ?? "", person);
    assert.doesNotMatch(tellStorageFault(faultOf(status, code), "app").text, /words/);
  });
}

function entraError(name: string, message: string, errors?: readonly Error[]): Error {
  return Object.assign(new Error(message), { name, ...(errors === undefined ? {} : { errors }) });
}

test("no token: an identity that is missing, one that Entra refuses, a person who has not signed in", () => {
  const missing = new CredentialUnavailableError("ManagedIdentityCredential: words");
  assert.match(tellTokenFault(missing, "app").text, /the app finds no identity$/);
  assert.match(tellTokenFault(missing, "person").todo ?? "", /az login/);
  const refused = entraError("AuthenticationError", "AADSTS700016: Application words");
  const all = entraError("AggregateAuthenticationError", "", [missing, refused]);
  assert.match(
    tellTokenFault(all, "app").text,
    /^no token: Entra does not know the app in this tenant \(AADSTS700016\)$/,
  );
  const strange = entraError("AuthenticationError", "AADSTS999999: words");
  assert.match(tellTokenFault(strange, "app").text, /^no token: Entra refuses the app's identity \(AADSTS999999\)$/);
  assert.equal(isTokenFault(new AuthenticationRequiredError({ scopes: [] })), true);
  assert.equal(isTokenFault(new Error("x")), false);
});

test("storage that could not even be asked, for want of a token, tells of the token", () => {
  const cause = entraError("AuthenticationError", "AADSTS7000222: words");
  assert.match(
    tellStorageFault(new StorageFault("read", "state/x", cause), "app").text,
    /has expired \(AADSTS7000222\)$/,
  );
});

test("claims are read out of a token, and nothing out of what is none", () => {
  const payload = Buffer.from(JSON.stringify({ azp: "app", oid: "me", tid: "us", roles: ["A"] })).toString("base64url");
  assert.deepEqual(readClaims(`h.${payload}.s`), { app: "app", principal: "me", tenant: "us", roles: ["A"] });
  for (const token of ["", "opaque", "a.b.c", `h.${Buffer.from('"x"').toString("base64url")}.s`])
    assert.equal(readClaims(token), undefined, token);
});

test("a vault's token is asked for by the name of its cloud", () => {
  assert.equal(toVaultScope("https://kv-a.vault.azure.net"), "https://vault.azure.net/.default");
  assert.equal(toVaultScope("https://kv-a.vault.usgovcloudapi.net/"), "https://vault.usgovcloudapi.net/.default");
  assert.equal(toVaultScope("https://localhost:8443"), "https://vault.azure.net/.default");
});
