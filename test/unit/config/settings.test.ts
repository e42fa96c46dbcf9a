import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSettings, settingNames, WrongSettings } from "../../../shared/config/settings.ts";

const enough = {
  AzureWebJobsStorage: "UseDevelopmentStorage=true",
  KEY_VAULT_URI: "https://my-vault.vault.azure.net",
};

/** The lines that parsing these settings is refused with. */
function refusalOf(environment: Readonly<Record<string, string | undefined>>): string[] {
  try {
    parseSettings(environment);
    return [];
  } catch (error) {
    assert(error instanceof WrongSettings);
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

test("two settings are enough; everything else has its default", () => {
  const settings = parseSettings(enough);
  assert.deepEqual(
    [settings.GRAPH_ENDPOINT, settings.LOCK_SECONDS, settings.PLAINTEXT_DAYS, settings.BLOB_TRIGGER_SOURCE],
    ["https://graph.microsoft.com", 60, 7, "EventGrid"],
  );
});

test("nothing at all is refused with a line for each setting that is needed, and an example for each", () => {
  const lines = refusalOf({});
  assert.deepEqual(
    lines.map((line) => line.split(":")[0]),
    ["KEY_VAULT_URI", "AzureWebJobsStorage__accountName"],
  );
  for (const line of lines) assert.match(line, /e\.g\. \S+/);
});

const wrong: Readonly<Record<string, readonly string[]>> = {
  AzureWebJobsStorage__accountName: ["My Account", "a"],
  AzureWebJobsStorage__blobServiceUri: ["ftp://elsewhere", "elsewhere"],
  KEY_VAULT_URI: ["vaulted", "http://my-vault.vault.azure.net"],
  GRAPH_ENDPOINT: ["graph.contoso.example"],
  ENTRA_AUTHORITY_HOST: ["http://login.microsoftonline.com"],
  ENTRA_INSTANCE_DISCOVERY: ["yes"],
  KEY_VAULT_CHALLENGE_VERIFICATION: ["0"],
  SETTLE_SECONDS: ["soon", "-1", "30s"],
  FETCH_AT_ONCE: ["0", "1.5", "many"],
  INCOMPLETE_TRIES: ["-3"],
  LOCK_SECONDS: ["10", "61", "x"],
  QUIET_SWEEP_SECONDS: ["1501", "-1", "x"],
  PLAINTEXT_DAYS: ["a week"],
  FETCH_SCHEDULE: ["daily", "99 * * * * *"],
  SWEEP_SCHEDULE: ["* * *"],
  BLOB_TRIGGER_SOURCE: ["event-grid"],
};

for (const [name, values] of Object.entries(wrong)) {
  test(`a wrong ${name} is named with the problem and an example, and without its value`, () => {
    for (const value of values) {
      const lines = refusalOf({ ...enough, [name]: value });
      assert.equal(lines.length, 1, value);
      assert.match(lines[0] ?? "", new RegExp(`^${name}: must be .+`));
      assert.match(lines[0] ?? "", /e\.g\. |"true"|"EventGrid"/);
      if (value.length > 5) assert.ok(!lines[0]?.includes(value), lines[0]);
    }
  });
}

test("days are called days", () => {
  assert.match(refusalOf({ ...enough, PLAINTEXT_DAYS: "x" })[0] ?? "", /number of days/);
});

test("an empty setting counts as one that is not set", () => {
  assert.equal(parseSettings({ ...enough, SETTLE_SECONDS: "" }).SETTLE_SECONDS, 30);
});

test("one service's address without the other's does not name the storage", () => {
  const blob = { AzureWebJobsStorage__blobServiceUri: "https://a.blob.core.windows.net" };
  const queue = { AzureWebJobsStorage__queueServiceUri: "https://a.queue.core.windows.net" };
  const { KEY_VAULT_URI } = enough;
  assert.equal(refusalOf({ KEY_VAULT_URI, ...blob }).length, 1);
  assert.deepEqual(refusalOf({ KEY_VAULT_URI, ...blob, ...queue }), []);
  assert.deepEqual(refusalOf({ KEY_VAULT_URI, AzureWebJobsStorage__accountName: "stchatarchiveprod" }), []);
});

test("waits that do not fit together are refused by the settings' names", () => {
  const [short] = refusalOf({ ...enough, DOUBT_WAIT_SECONDS: "40" });
  assert.match(short ?? "", /^DOUBT_WAIT_SECONDS: .*LOCK_SECONDS/);
  const [limit] = refusalOf({ ...enough, DOUBT_LIMIT_SECONDS: "60" });
  assert.match(limit ?? "", /^DOUBT_LIMIT_SECONDS: .*DOUBT_WAIT_SECONDS/);
  assert.deepEqual(
    refusalOf({ ...enough, LOCK_SECONDS: "15", DOUBT_WAIT_SECONDS: "20", DOUBT_LIMIT_SECONDS: "300" }),
    [],
  );
});

test("every wrong setting is told at once", () => {
  assert.equal(refusalOf({ KEY_VAULT_URI: "x", LOCK_SECONDS: "1", FETCH_AT_ONCE: "0" }).length, 4);
});

test("only the settings that are known are read", () => {
  assert.ok(settingNames.length > 25);
  assert.ok(!Object.hasOwn(parseSettings({ ...enough, HOME: "/root" }), "HOME"));
});
