import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, suite, test } from "node:test";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { createCredential } from "../../../shared/secrets/credential.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";

const scope = "https://vault.azure.net/.default";

suite("an identity's endpoint that takes the connection and says nothing", () => {
  let server: Server;
  /** Requests that get no answer before those that get one. */
  let deaf = 0;
  let asked = 0;
  const unanswered: ServerResponse[] = [];

  before(async () => {
    server = createServer((_, response) => {
      asked += 1;
      if (asked <= deaf) {
        unanswered.push(response);
        return;
      }
      const expires = Math.floor(Date.now() / 1000) + 3600;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "a-token", expires_on: String(expires), token_type: "Bearer" }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port }: Pick<AddressInfo, "port"> = toAddress(server);
    // As App Service tells an app of its identity: https://learn.microsoft.com/azure/app-service/overview-managed-identity
    process.env["IDENTITY_ENDPOINT"] = `http://127.0.0.1:${port}/msi/token`;
    process.env["IDENTITY_HEADER"] = "header";
    process.env["AZURE_TOKEN_CREDENTIALS"] = "ManagedIdentityCredential";
  });
  after(() => {
    // A refusal ends the library's questions; at a broken connection it would go on asking.
    for (const response of unanswered) response.writeHead(400, { connection: "close" }).end("{}");
    server.closeIdleConnections();
    server.close();
  });

  const hear = (deafTo: number): void => {
    deaf = deafTo;
    asked = 0;
  };

  test("is given up after a while, and the next question is another one", async () => {
    hear(1);
    const credential = createCredential({ tokenLimitInMs: 300 });
    await assert.rejects(credential.getToken(scope), { name: "NoTokenInTime" });
    assert.equal((await credential.getToken(scope))?.token, "a-token");
    assert.equal(asked, 2);
  });

  test("is given up when the caller gives up", async () => {
    hear(1);
    const credential = createCredential();
    const abortSignal = AbortSignal.timeout(300);
    // Of another resource: the library keeps the tokens that it got.
    const ask = () => credential.getToken("https://storage.azure.com/.default", { abortSignal });
    await assert.rejects(ask(), { name: "NoTokenInTime" });
    await assert.rejects(ask(), { name: "NoTokenInTime" });
  });

  test("does not keep Graph away for good", async () => {
    hear(1);
    const credential = createCredential({ tokenLimitInMs: 300 });
    const endpoint = "https://127.0.0.1:9";
    const graph = createGraph({ credential, endpoint, clock: systemClock });
    const ask = () => graph.request({ method: "GET", path: "/users", timeoutInMs: 5_000 });
    await assert.rejects(ask(), { name: "RequestNotSent", reason: "no-token" });
    await assert.rejects(ask(), { name: "RequestNotSent", reason: "not-connected" });
  });
});

function toAddress(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address;
}
