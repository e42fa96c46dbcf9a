import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { environments as priced } from "../../local/cost/environments.ts";
import type { PricedEnvironment } from "../../local/cost/priced-day.ts";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const rule = z.object({ evaluationFrequency: z.string() });
const account = z.object({ sku: z.object({ name: z.string() }) });
const app = z.object({
  functionAppConfig: z.object({ scaleAndConcurrency: z.object({ instanceMemoryMB: z.number() }) }),
});
const settings = z.object({ logs: z.array(z.object({ category: z.string().optional() })).default([]) });

/** What of an environment costs something whatever comes. */
function pricedOf(one: Prediction): Omit<PricedEnvironment, "name" | "storageSku"> & { readonly storageSku: string } {
  const every = one
    .all("Microsoft.Insights/scheduledQueryRules")
    .map(({ properties }) => rule.parse(properties).evaluationFrequency);
  const logged = one
    .all("Microsoft.Insights/diagnosticSettings")
    .filter(({ id }) => id.includes("/blobServices/default/"))
    .flatMap(({ properties }) => settings.parse(properties).logs.map(({ category }) => category));
  const { functionAppConfig } = app.parse(one.one("Microsoft.Web/sites").properties);
  return {
    memoryInGb: functionAppConfig.scaleAndConcurrency.instanceMemoryMB / 1024,
    storageSku: account.parse(one.one("Microsoft.Storage/storageAccounts")).sku.name,
    logsReads: logged.includes("StorageRead"),
    privateEndpoints: one.all("Microsoft.Network/privateEndpoints").length,
    alerts: {
      every5Minutes: every.filter((frequency) => frequency === "PT5M").length,
      every15Minutes: every.filter((frequency) => frequency !== "PT5M").length,
      metrics: one.all("Microsoft.Insights/metricAlerts").length,
    },
  };
}

describe("what docs/cost.md prices", { skip: whyNoBicep }, () => {
  let dev: Prediction;
  let prod: Prediction;
  before(async () => {
    [dev, prod] = await Promise.all([environments.dev(), environments.prod()]);
  });

  test("is what would be deployed", () => {
    for (const [one, { name: _, ...expected }] of [
      [dev, priced.dev],
      [prod, priced.prod],
    ] as const) {
      assert.deepEqual(pricedOf(one), expected);
    }
  });
});
