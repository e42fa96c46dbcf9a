import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { toApiDeps } from "../../../functions/api-deps.ts";
import { connectClients } from "../../../functions/clients.ts";
import { toSiteOptions } from "../../../functions/site-options.ts";
import { toStageDeps } from "../../../functions/stage-deps.ts";
import { connector } from "../../../shared/config/connector.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const waits = { SFTP_CONNECT_SECONDS: 20, SFTP_SILENCE_SECONDS: 15 };
const laptop = { AzureWebJobsStorage: "UseDevelopmentStorage=true", KEY_VAULT_URI: "https://none.vault.azure.net" };
const marks = [
  { WEBSITE_SITE_NAME: "func-chat" },
  { CONTAINER_APP_NAME: "func-chat" },
  { IDENTITY_ENDPOINT: "http://localhost:42356/msi/token" },
  { MSI_ENDPOINT: "http://127.0.0.1:41741/msi/token" },
];

test("a site may be on the machine itself where nothing says that this is Azure, and nowhere else", () => {
  const ofCoreTools = { ...laptop, WEBSITE_HOSTNAME: "localhost:7071", AZURE_FUNCTIONS_ENVIRONMENT: "Development" };
  for (const environment of [laptop, ofCoreTools, {}]) {
    assert.equal(toSiteOptions(waits, environment).mayBeSite("127.0.0.1"), true);
  }
  for (const mark of marks) {
    const { mayBeSite } = toSiteOptions(waits, { ...laptop, ...mark });
    assert.deepEqual(["127.0.0.1", "::1", "::ffff:127.0.0.1"].filter(mayBeSite), [], Object.keys(mark)[0]);
    assert.equal(mayBeSite("10.1.2.3"), true);
  }
});

test("where the platform gives out tokens is no site, whatever network that is in", () => {
  const endpoints = { IDENTITY_ENDPOINT: "http://172.16.0.5:8081/msi/token", MSI_ENDPOINT: "http://[fd00::9]:80/msi" };
  const { mayBeSite } = toSiteOptions(waits, { WEBSITE_SITE_NAME: "func-chat", ...endpoints });
  assert.deepEqual(["172.16.0.5", "::ffff:172.16.0.5", "fd00::9", "172.16.0.6"].filter(mayBeSite), ["172.16.0.6"]);
});

test("in Azure neither the page's validation nor the doctor connects to the machine itself; on a laptop both do", async () => {
  const server = createServer((socket) => socket.destroy());
  let calls = 0;
  server.on("connection", () => calls++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const hostKeys = [`SHA256:${"A".repeat(43)}`];
  const { site } = connector.parse({
    ...{ v: 1, name: "acme", feed: "ACME" },
    site: { host: "127.0.0.1", port: address.port, user: "u", hostKeys },
  });
  const ask = async (environment: Readonly<Record<string, string>>): Promise<string[]> => {
    const clients = connectClients(environment, () => undefined);
    const trace = { trace: "a".repeat(32), span: "b".repeat(16) };
    const deps = toStageDeps(clients, { log: createRecordingLog(), trace }, "test");
    const { signal } = new AbortController();
    const asked = [toApiDeps(clients, deps).trial.fetchHostKeys, deps.checkUp.fetchHostKeys];
    const faults = await Promise.all(asked.map((fetch) => fetch(site, signal).catch((fault: unknown) => fault)));
    return faults.map((fault) => (fault instanceof SiteError ? fault.reason : "none"));
  };
  try {
    assert.deepEqual(await ask({ ...laptop, WEBSITE_SITE_NAME: "func-chat" }), ["unreachable", "unreachable"]);
    assert.equal(calls, 0);
    await ask(laptop);
    assert.equal(calls, 2);
  } finally {
    server.close();
  }
});
