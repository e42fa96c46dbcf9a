import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const network = "Microsoft.Network";
const subnet = z.object({
  name: z.string(),
  properties: z.looseObject({
    addressPrefix: z.string(),
    natGateway: z.object({ id: z.string() }).optional(),
    defaultOutboundAccess: z.boolean(),
    delegations: z.array(z.object({ properties: z.object({ serviceName: z.string() }) })).optional(),
    serviceEndpoints: z.array(z.object({ service: z.string() })).optional(),
  }),
});

describe("the way out", { skip: whyNoBicep }, () => {
  let all: Prediction[];
  let dev: Prediction;
  let prod: Prediction;
  before(async () => {
    [dev, prod] = await Promise.all([environments.dev(), environments.prod()]);
    all = [dev, prod, await environments.longNamed()];
  });

  test("is one fixed address: app's subnet, NAT gateway, public address, setting and output name the same one", () => {
    for (const one of all) {
      const address = one.one(`${network}/publicIPAddresses`);
      assert.equal(address.properties?.["publicIPAllocationMethod"], "Static");
      const gateway = one.one(`${network}/natGateways`);
      assert.deepEqual(gateway.properties?.["publicIpAddresses"], [{ id: address.id }]);
      assert.equal(appSubnetOf(one).natGateway?.id, gateway.id);
      const told = `[reference('${address.id}', '2024-07-01').ipAddress]`;
      assert.equal(one.one("Microsoft.Web/sites/config", "/appsettings").properties?.["OUTBOUND_IP"], told);
      assert.equal(one.outputs["outboundIp"], told);
    }
  });

  test("is the only one: the app runs in that subnet, which has no address of Azure's choosing", () => {
    for (const one of all) {
      const properties = appSubnetOf(one);
      assert.equal(properties.defaultOutboundAccess, false);
      assert.deepEqual(
        properties.delegations?.map((each) => each.properties.serviceName),
        ["Microsoft.App/environments"],
      );
      const { id } = one.one(`${network}/virtualNetworks`);
      assert.equal(one.one("Microsoft.Web/sites").properties?.["virtualNetworkSubnetId"], `${id}/subnets/app`);
    }
  });

  test("has room for 40 instances", () => {
    for (const one of all) assert.match(appSubnetOf(one).addressPrefix, /\/2[0-6]$/);
  });

  test("goes to storage and vault by service endpoints, or by private endpoints with names of their own", () => {
    assert.deepEqual(
      appSubnetOf(dev).serviceEndpoints?.map(({ service }) => service),
      ["Microsoft.Storage", "Microsoft.KeyVault"],
    );
    assert.deepEqual(dev.all(`${network}/privateEndpoints`), []);
    assert.deepEqual(appSubnetOf(prod).serviceEndpoints, []);
    const groups = prod.all(`${network}/privateEndpoints`).map(({ properties }) => JSON.stringify(properties));
    assert.equal(groups.length, 3);
    for (const group of ["blob", "queue", "vault"]) {
      assert.ok(
        groups.some((one) => one.includes(`"groupIds":["${group}"]`)),
        group,
      );
    }
    assert.equal(prod.all(`${network}/privateEndpoints/privateDnsZoneGroups`).length, 3);
    assert.equal(prod.all(`${network}/privateDnsZones/virtualNetworkLinks`).length, 3);
  });

  test("is locked in production, with storage and vault", () => {
    const locks = prod.all("Microsoft.Authorization/locks");
    assert.deepEqual(
      locks.map(({ id, properties }) => [
        /\/providers\/([\w./]+?)\/[\w-]+\/providers/.exec(id)?.[1],
        properties?.["level"],
      ]),
      [
        ["Microsoft.Storage/storageAccounts", "CanNotDelete"],
        ["Microsoft.KeyVault/vaults", "CanNotDelete"],
        ["Microsoft.Network/publicIPAddresses", "CanNotDelete"],
      ],
    );
    assert.deepEqual(dev.all("Microsoft.Authorization/locks"), []);
  });
});

function appSubnetOf(one: Prediction): z.infer<typeof subnet>["properties"] {
  const { subnets } = z.object({ subnets: z.array(subnet) }).parse(one.one(`${network}/virtualNetworks`).properties);
  const found = subnets.find(({ name }) => name === "app");
  assert.ok(found !== undefined);
  return found.properties;
}
