import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { parseSettings, settingNames } from "../../../shared/config/settings.ts";
import { checkSettings, functionTimeoutInSeconds } from "../../../shared/pipeline/check/check-settings.ts";
import { toClosest } from "../../../shared/pipeline/check/closest-name.ts";

const root = join(import.meta.dirname, "../../..");

/** As infra/ sets them. */
const inAzure = {
  WEBSITE_SITE_NAME: "func-icechat-prod",
  FUNCTIONS_EXTENSION_VERSION: "~4",
  AzureWebJobsStorage__credential: "managedidentity",
  AzureWebJobsStorage__clientId: "11111111-2222-3333-4444-555555555555",
  AzureWebJobsStorage__blobServiceUri: "https://st.blob.core.windows.net",
  AzureWebJobsStorage__queueServiceUri: "https://st.queue.core.windows.net",
  AZURE_CLIENT_ID: "11111111-2222-3333-4444-555555555555",
  AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
  APPLICATIONINSIGHTS_CONNECTION_STRING: "x",
  APPSETTING_FETCH_AT_ONCE: "4",
  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: "x",
  languageWorkers__node__arguments: "x",
  MALLOC_ARENA_MAX: "2",
  PATH: "/bin",
  HOME: "/home",
  LOCK_FILE: "x",
  KEY_VAULT_URI: "https://kv.vault.azure.net",
  OUTBOUND_IP: "203.0.113.9",
};

async function check(changed: Readonly<Record<string, string | undefined>> = {}): Promise<string[]> {
  const environment = { ...inAzure, ...changed };
  const lines: string[] = [];
  for await (const { status, text } of checkSettings({ environment, settings: parseSettings(environment) })) {
    lines.push(`${status}: ${text}`);
  }
  return lines;
}

test("the settings that infra/ makes have nothing wrong with them", async () => {
  assert.deepEqual(await check(), [
    `ok: 4 of ${settingNames.length} are set, the others have their defaults; app func-icechat-prod`,
  ]);
});

for (const [changed, told] of [
  [{ fetch_at_once: "4" }, /^warning: there is a setting fetch_at_once, which the app does not read$/],
  [{ KEYVAULT_URI: "x" }, /^warning: there is a setting KEYVAULT_URI, /],
  [{ DOUBT_WAITING: "x" }, /^warning: there is a setting DOUBT_WAITING, /],
  [{ AzureWebJobsStorage: "UseDevelopmentStorage=true" }, /^warning: AzureWebJobsStorage is set beside /],
  [
    {
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      AzureWebJobsStorage__blobServiceUri: undefined,
      AzureWebJobsStorage__queueServiceUri: undefined,
    },
    /^warning: AzureWebJobsStorage holds a key/,
  ],
  [{ BLOB_TRIGGER_SOURCE: "LogsAndContainerScan" }, /^wrong: BLOB_TRIGGER_SOURCE is LogsAndContainerScan, which Flex/],
  [{ AZURE_CLIENT_ID: undefined }, /^wrong: AZURE_CLIENT_ID is missing$/],
  [{ AzureWebJobsStorage__clientId: "other" }, /^warning: AZURE_CLIENT_ID and AzureWebJobsStorage__clientId name two/],
  [{ KEY_VAULT_CHALLENGE_VERIFICATION: "false" }, /^warning: KEY_VAULT_CHALLENGE_VERIFICATION is false/],
  [{ OUTBOUND_IP: undefined }, /^warning: OUTBOUND_IP is missing/],
  [
    { GRAPH_ENDPOINT: "https://graph.microsoft.us" },
    /^wrong: the addresses are of different clouds: GRAPH_ENDPOINT of the/,
  ],
  [
    { KEY_VAULT_URI: "https://localhost:8443" },
    /^wrong: the addresses are of different clouds: .*none of Microsoft's$/,
  ],
  [{ STANDSTILL_SECONDS: "240" }, /^warning: STANDSTILL_SECONDS \(240\) is not longer than SLICE_SECONDS \(240\)$/],
  [{ FETCH_DEADLINE_SECONDS: "1800" }, /^warning: FETCH_DEADLINE_SECONDS \(1800\) is not shorter than/],
] as const) {
  test(`settings: ${JSON.stringify(changed)} is told, and nothing else`, async () => {
    const troubles = (await check(changed)).filter((line) => !line.startsWith("ok:"));
    assert.equal(troubles.length, 1, troubles.join("\n"));
    assert.match(troubles[0] ?? "", told);
  });
}

test("a name of somebody else's is none of ours, a slip of the pen is", () => {
  assert.equal(toClosest("FETCH_AT_ONCES", settingNames), "FETCH_AT_ONCE");
  assert.equal(toClosest("GraphEndpoint", settingNames), "GRAPH_ENDPOINT");
  assert.match(toClosest("SFTP_PASSWORD", settingNames) ?? "", /^SFTP_/);
  for (const name of ["PATH", "SECRET_OF_OTHERS", "LOCK_FILE", "NODE_OPTIONS"])
    assert.equal(toClosest(name, settingNames), undefined, name);
});

test("a function may run for as long as host.json says", () => {
  const host = z
    .object({ functionTimeout: z.string() })
    .parse(JSON.parse(readFileSync(join(root, "host.json"), "utf8")));
  const [hours = 0, minutes = 0, seconds = 0] = host.functionTimeout.split(":").map(Number);
  assert.equal(functionTimeoutInSeconds, hours * 3600 + minutes * 60 + seconds);
});
