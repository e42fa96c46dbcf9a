import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const vault = "Microsoft.KeyVault/vaults";

describe("the vault", { skip: whyNoBicep }, () => {
  let dev: Prediction;
  let prod: Prediction;
  before(async () => {
    [dev, prod] = await Promise.all([environments.dev(), environments.prod()]);
  });

  test("gives by roles only, and what is deleted in it comes back", () => {
    for (const one of [dev, prod]) {
      const { properties = {} } = one.one(vault);
      assert.equal(properties["enableRbacAuthorization"], true);
      assert.equal(properties["enablePurgeProtection"], true);
      assert.equal(properties["enableSoftDelete"], true);
      assert.equal(properties["accessPolicies"], undefined);
      assert.equal(properties["enabledForTemplateDeployment"], false);
    }
    assert.equal(prod.one(vault).properties?.["softDeleteRetentionInDays"], 90);
  });

  test("is closed to every network but the app's", () => {
    const acls = z.object({
      networkAcls: z.object({
        defaultAction: z.literal("Deny"),
        bypass: z.literal("None"),
        ipRules: z.array(z.unknown()).length(0),
        virtualNetworkRules: z.array(z.object({ id: z.string() })),
      }),
    });
    const rules = acls.parse(dev.one(vault).properties).networkAcls.virtualNetworkRules;
    assert.deepEqual(
      rules.map(({ id }) => id.split("/").slice(-3)),
      [["vnet-icechat-dev", "subnets", "app"]],
    );
    assert.deepEqual(acls.parse(prod.one(vault).properties).networkAcls.virtualNetworkRules, []);
    assert.equal(prod.one(vault).properties?.["publicNetworkAccess"], "Disabled");
  });

  test("holds no secret that a deployment would have put there", () => {
    for (const one of [dev, prod]) assert.deepEqual(one.all(`${vault}/secrets`), []);
  });
});
