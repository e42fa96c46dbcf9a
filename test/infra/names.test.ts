import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction, Resource } from "./prediction.ts";

/** What Azure takes as a name: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules */
const rules: Readonly<Record<string, RegExp>> = {
  "Microsoft.Storage/storageAccounts": /^[a-z0-9]{3,24}$/,
  "Microsoft.KeyVault/vaults": /^(?!.*--)[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/,
  // 32 and not 60: the functions host makes its id out of that many.
  "Microsoft.Web/sites": /^(?!.*--)[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$/,
  "Microsoft.Web/serverfarms": /^[A-Za-z0-9-]{1,60}$/,
  "Microsoft.OperationalInsights/workspaces": /^[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]$/,
  "Microsoft.Insights/components": /^[\w.()-]{1,259}[\w()-]$/,
  "Microsoft.Network/virtualNetworks": /^[A-Za-z0-9][\w.-]{0,62}\w$/,
  "Microsoft.Network/networkSecurityGroups": /^[A-Za-z0-9][\w.-]{0,78}\w$/,
  "Microsoft.Network/natGateways": /^[A-Za-z0-9][\w.-]{0,78}\w$/,
  "Microsoft.Network/publicIPAddresses": /^[A-Za-z0-9][\w.-]{0,78}\w$/,
  "Microsoft.Network/privateEndpoints": /^[A-Za-z0-9][\w.-]{0,62}\w$/,
  "Microsoft.ManagedIdentity/userAssignedIdentities": /^[A-Za-z0-9][\w-]{2,127}$/,
  "Microsoft.Insights/actionGroups": /^[^:<>+/&%\\?]{1,260}$/,
  "Microsoft.Insights/scheduledQueryRules": /^[^*<>%{}&:\\?/#]{1,260}$/,
  "Microsoft.Insights/metricAlerts": /^[^*#&+:<>?@%{}\\/]{1,260}$/,
  "Microsoft.Insights/activityLogAlerts": /^[^<>*%{}&:\\?+/]{1,260}$/,
  "Microsoft.Consumption/budgets": /^[\w-]{1,63}$/,
  "Microsoft.EventGrid/systemTopics": /^[A-Za-z0-9-]{3,50}$/,
};
/** Named by Azure, by us in their parent, or by a hash. */
const unruled = /^Microsoft\.(Authorization|Insights\/(diagnosticSettings|workbooks)|Network\/privateDnsZones)|\/.+\//;

describe("names", { skip: whyNoBicep }, () => {
  let long: Prediction;
  let longToo: Prediction;
  let usual: Prediction[];
  before(async () => {
    [long, longToo, ...usual] = await Promise.all([
      environments.longNamed(),
      environments.longNamedToo(),
      environments.dev(),
      environments.prod(),
      environments.eventsOfProd(),
    ]);
  });

  test("are such as Azure takes, for long names of environments too", () => {
    for (const { type, name } of [long, longToo, ...usual].flatMap((one) => one.resources)) {
      if (unruled.test(type)) continue;
      const rule = rules[type];
      assert.ok(rule !== undefined, `no rule for names of ${type}`);
      assert.match(name, rule, type);
    }
  });

  test("of two environments in one resource group are never the same, even where they are cut", () => {
    const ofFirst = new Set(topLevel(long).map(toPath));
    assert.ok(ofFirst.size > 15);
    assert.deepEqual(
      topLevel(longToo)
        .map(toPath)
        .filter((path) => ofFirst.has(path)),
      [],
    );
  });

  test("say what they belong to, and so do tags", () => {
    for (const one of usual) {
      for (const { name, tags, type } of topLevel(one)) {
        if (tags === undefined && /budgets|roleAssignments|locks/.test(type)) continue;
        assert.equal(tags?.["workload"], "icechat", name);
        assert.match(tags?.["environment"] ?? "", /^(dev|prod)$/);
      }
    }
  });
});

function topLevel(one: Prediction): readonly Resource[] {
  return one.resources.filter(({ type, id }) => type.split("/").length === 2 && id.split("/providers/").length === 2);
}

function toPath({ type, name }: Resource): string {
  return `${type}/${name}`;
}
