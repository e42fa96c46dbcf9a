import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const runbooks = join(import.meta.dirname, "../../docs/runbooks");
/** What has logs or metrics that a diagnostic setting can send. */
const watchable = [
  "Microsoft.EventGrid/systemTopics",
  "Microsoft.KeyVault/vaults",
  "Microsoft.Network/networkSecurityGroups",
  "Microsoft.Network/publicIPAddresses",
  "Microsoft.Network/virtualNetworks",
  "Microsoft.OperationalInsights/workspaces",
  "Microsoft.Storage/storageAccounts",
  "Microsoft.Storage/storageAccounts/blobServices",
  "Microsoft.Storage/storageAccounts/queueServices",
  "Microsoft.Web/serverfarms",
  "Microsoft.Web/sites",
];
/** What has none, or why it does without. */
const unwatched: Readonly<Record<string, string>> = {
  "Microsoft.Insights/components": "its telemetry lies in the workspace already; a setting would pay for it twice",
  "Microsoft.Network/natGateways": "its metrics cannot be sent; an alert reads them where they are",
  "Microsoft.Network/privateEndpoints": "bytes only; kept as platform metrics",
  "Microsoft.Network/privateDnsZones": "its metrics cannot be sent",
  "Microsoft.ManagedIdentity/userAssignedIdentities": "none; Entra's sign-in logs have it",
  "Microsoft.Insights/actionGroups": "none",
  "Microsoft.Insights/scheduledQueryRules": "none",
  "Microsoft.Insights/metricAlerts": "none",
  "Microsoft.Insights/activityLogAlerts": "none",
  "Microsoft.Insights/workbooks": "none",
  "Microsoft.Insights/diagnosticSettings": "is one",
  "Microsoft.Consumption/budgets": "none",
  "Microsoft.Authorization/roleAssignments": "Azure's activity log has it",
  "Microsoft.Authorization/locks": "Azure's activity log has it",
};

describe("what is watched", { skip: whyNoBicep }, () => {
  let dev: Prediction;
  let prod: Prediction;
  let events: Prediction;
  before(async () => {
    [dev, prod, events] = await Promise.all([environments.dev(), environments.prod(), environments.eventsOfProd()]);
  });

  test("every resource with logs or metrics sends them to the workspace, file and table services too", () => {
    const workspace = prod.one("Microsoft.OperationalInsights/workspaces").id;
    for (const one of [prod, events]) {
      const settings = one.all("Microsoft.Insights/diagnosticSettings");
      const scopes = settings.map(({ id }) => id.split("/providers/Microsoft.Insights/diagnosticSettings/")[0] ?? "");
      const watched = one.resources.filter(({ type }) => watchable.includes(type)).map(({ id }) => id);
      const storage = one.all("Microsoft.Storage/storageAccounts").map(({ id }) => id);
      const unmade = storage.flatMap((id) => [`${id}/fileServices/default`, `${id}/tableServices/default`]);
      assert.deepEqual(scopes.toSorted(), [...watched, ...unmade].toSorted());
      for (const { properties } of settings) assert.equal(properties?.["workspaceId"], workspace);
    }
  });

  test("no kind of resource is forgotten in the lists above", () => {
    const kinds = new Set([...prod.resources, ...events.resources].map(({ type }) => type));
    const ofAnother = (kind: string) => kind.split("/").length > 2 && !watchable.includes(kind);
    const unknown = [...kinds].filter(
      (kind) => !watchable.includes(kind) && unwatched[kind] === undefined && !ofAnother(kind),
    );
    assert.deepEqual(unknown, []);
  });

  test("writes and deletions of storage are logged everywhere, reads of blobs in production", () => {
    const blobs = "/blobServices/default";
    assert.deepEqual(categoriesOf(prod, blobs), ["StorageDelete", "StorageRead", "StorageWrite"]);
    assert.deepEqual(categoriesOf(dev, blobs), ["StorageDelete", "StorageWrite"]);
    for (const one of [dev, prod]) {
      assert.deepEqual(categoriesOf(one, "/queueServices/default"), ["StorageDelete", "StorageWrite"]);
    }
  });

  test("logs and telemetry are written and read by identities only", () => {
    for (const one of [dev, prod]) {
      assert.equal(one.one("Microsoft.Insights/components").properties?.["DisableLocalAuth"], true);
      const { features } = z
        .object({ features: z.record(z.string(), z.unknown()) })
        .parse(one.one("Microsoft.OperationalInsights/workspaces").properties);
      assert.equal(features["disableLocalAuth"], true);
    }
  });

  test("every alert reaches the action group, which writes to the people named", () => {
    const group = prod.one("Microsoft.Insights/actionGroups");
    const { emailReceivers } = z
      .object({ emailReceivers: z.array(z.object({ emailAddress: z.string() })), groupShortName: z.string().max(12) })
      .parse(group.properties);
    assert.deepEqual(emailReceivers, [{ emailAddress: "compliance-operations@example.com" }]);
    const rules = alertsOf(prod);
    assert.ok(rules.length >= 35);
    for (const { name, properties } of rules) {
      assert.ok(JSON.stringify(properties?.["actions"]).includes(group.id), name);
      assert.equal(properties?.["enabled"], true, name);
    }
  });

  test("an environment can do without an alert, by its name", () => {
    const off = alertsOf(dev).filter(({ properties }) => properties?.["enabled"] === false);
    assert.deepEqual(
      off.map(({ name }) => name),
      ["icechat-dev-http-server-errors", "icechat-dev-sign-in-refused"],
    );
  });

  test("after how many hours without a file somebody is told is an option", async () => {
    const longNamed = await environments.longNamed();
    for (const [one, hours] of [
      [prod, 36],
      [longNamed, 60],
    ] as const) {
      const { properties } = one.one("Microsoft.Insights/scheduledQueryRules", "-no-drop");
      assert.ok(String(properties?.["description"]).includes(`for ${hours} hours`));
      assert.ok(JSON.stringify(properties?.["criteria"]).includes(`where Hours > ${hours}\\n`));
    }
  });

  test("no alert is looked at so often, or is so wide, that Azure refuses it", () => {
    for (const { name, properties } of prod.all("Microsoft.Insights/scheduledQueryRules")) {
      assert.ok(JSON.stringify(properties).length < 64 * 1024, name);
      assert.ok(String(properties?.["description"]).length <= 4096, name);
      assert.doesNotMatch(
        JSON.stringify(properties?.["criteria"]),
        /AggregatedValue|bag_unpack|pivot|narrow|\{\w+\}/,
        name,
      );
    }
  });

  test("every alert has its runbook, and every runbook its alert", () => {
    const named = [...alertsOf(prod), ...alertsOf(events)].map(({ properties }) => {
      const [, page] = /What to do: docs\/runbooks\/([\w-]+)\.md$/.exec(String(properties?.["description"])) ?? [];
      return page ?? "";
    });
    assert.deepEqual(
      named.filter((page) => !existsSync(join(runbooks, `${page}.md`))),
      [],
    );
    const unused = readdirSync(runbooks).filter(
      (file) => file !== "README.md" && !named.includes(file.replace(/\.md$/, "")),
    );
    assert.deepEqual(unused, []);
  });

  test("metric alerts look at resources of the same deployment", () => {
    const ids = prod.resources.map(({ id }) => id);
    for (const { name, properties } of prod.all("Microsoft.Insights/metricAlerts")) {
      const { scopes } = z.object({ scopes: z.array(z.string()) }).parse(properties);
      assert.ok(
        scopes.every((scope) => ids.includes(scope)),
        name,
      );
    }
  });

  test("the workbook asks the workspace, over the period that is chosen on it", () => {
    const { serializedData } = z
      .object({ serializedData: z.string() })
      .parse(prod.one("Microsoft.Insights/workbooks").properties);
    const { items } = z
      .object({ items: z.array(z.looseObject({ type: z.number(), content: z.looseObject({}) })) })
      .parse(JSON.parse(serializedData));
    const tiles = items.filter(({ type }) => type === 3);
    assert.ok(tiles.length >= 30);
    for (const { content } of tiles) {
      assert.equal(content["timeContextFromParameter"], "Period");
      assert.deepEqual(content["crossComponentResources"], [prod.one("Microsoft.OperationalInsights/workspaces").id]);
      assert.ok(String(content["query"]).trim().length > 0);
      assert.match(String(content["noDataMessage"]), /^[A-Z].+\.$/, String(content["title"]));
    }
  });

  test("a budget is there where one is asked for, and warns before it is used up", () => {
    const { notifications, amount } = z
      .object({
        amount: z.number(),
        notifications: z.record(
          z.string(),
          z.object({ enabled: z.literal(true), contactEmails: z.array(z.string()).min(1) }),
        ),
      })
      .parse(prod.one("Microsoft.Consumption/budgets").properties);
    assert.equal(amount, 1000);
    assert.equal(Object.keys(notifications).length, 2);
    assert.deepEqual(dev.all("Microsoft.Consumption/budgets"), []);
  });
});

function alertsOf(one: Prediction) {
  const kinds = ["scheduledQueryRules", "metricAlerts", "activityLogAlerts"];
  return kinds.flatMap((kind) => one.all(`Microsoft.Insights/${kind}`));
}

function categoriesOf(one: Prediction, ending: string): string[] {
  const found = one
    .all("Microsoft.Insights/diagnosticSettings")
    .find(({ id }) => id.split("/providers/Microsoft.Insights/diagnosticSettings/")[0]?.endsWith(ending));
  const { logs } = z
    .object({ logs: z.array(z.object({ category: z.string(), enabled: z.literal(true) })) })
    .parse(found?.properties);
  return logs.map(({ category }) => category).toSorted();
}
