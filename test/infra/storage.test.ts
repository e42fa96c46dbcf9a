import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { containers } from "../../shared/store/paths.ts";
import { tasks } from "../../shared/store/queues.ts";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const account = "Microsoft.Storage/storageAccounts";
/** What the functions host and the platform keep in the same account. */
const containersOfTheHost = ["azure-webjobs-hosts", "azure-webjobs-secrets", "app-package"];
const lastName = ({ name }: { readonly name: string }) => name.split("/").at(-1) ?? "";
const rules = z.object({
  policy: z.object({
    rules: z.array(
      z.object({
        name: z.string(),
        enabled: z.literal(true),
        definition: z.object({
          filters: z.object({ prefixMatch: z.array(z.string()).max(10) }),
          actions: z.object({
            version: z.object({ delete: z.object({ daysAfterCreationGreaterThan: z.number() }) }).optional(),
            baseBlob: z.record(z.string(), z.unknown()).optional(),
          }),
        }),
      }),
    ),
  }),
});

describe("the storage account", { skip: whyNoBicep }, () => {
  let all: Prediction[];
  let dev: Prediction;
  let prod: Prediction;
  let locked: Prediction;
  before(async () => {
    [dev, prod, locked] = await Promise.all([environments.dev(), environments.prod(), environments.longNamed()]);
    all = [dev, prod, locked];
  });

  test("takes no shared key, no public reader, no old TLS and no plain HTTP, in any environment", () => {
    for (const one of all) {
      const { properties = {} } = one.one(account);
      assert.deepEqual(
        {
          keys: properties["allowSharedKeyAccess"],
          publicBlobs: properties["allowBlobPublicAccess"],
          tls: properties["minimumTlsVersion"],
          httpsOnly: properties["supportsHttpsTrafficOnly"],
          localUsers: properties["isLocalUserEnabled"],
          sftp: properties["isSftpEnabled"],
        },
        { keys: false, publicBlobs: false, tls: "TLS1_2", httpsOnly: true, localUsers: false, sftp: false },
      );
      for (const container of one.all(`${account}/blobServices/containers`)) {
        assert.equal(container.properties?.["publicAccess"], "None", container.name);
      }
    }
  });

  test("is reached from the app's subnet, or by private endpoints only, and from the addresses that are named", () => {
    const network = z.object({
      publicNetworkAccess: z.string(),
      networkAcls: z.object({
        defaultAction: z.literal("Deny"),
        bypass: z.literal("None"),
        virtualNetworkRules: z.array(z.object({ id: z.string() })),
        ipRules: z.array(z.object({ value: z.string() })),
      }),
    });
    const ofDev = network.parse(dev.one(account).properties);
    assert.equal(ofDev.publicNetworkAccess, "Enabled");
    assert.match(ofDev.networkAcls.virtualNetworkRules.map(({ id }) => id).join(), /\/vnet-icechat-dev\/subnets\/app$/);
    const ofProd = network.parse(prod.one(account).properties);
    assert.equal(ofProd.publicNetworkAccess, "Disabled");
    assert.deepEqual(ofProd.networkAcls.virtualNetworkRules, []);
    assert.deepEqual(
      network.parse(locked.one(account).properties).networkAcls.ipRules,
      [{ value: "203.0.113.9", action: "Allow" }].map(({ value }) => ({ value })),
    );
  });

  test("has the containers of paths.ts and the host's own, no more and no less", () => {
    for (const one of all) {
      const made = one.all(`${account}/blobServices/containers`).map(lastName);
      assert.deepEqual(made.toSorted(), [...Object.keys(containers), ...containersOfTheHost].toSorted());
    }
  });

  test("has the queues of queues.ts, each with its poison queue, and the blob trigger's", () => {
    const expected = Object.keys(tasks).flatMap((queue) => [queue, `${queue}-poison`]);
    for (const one of all) {
      const made = one.all(`${account}/queueServices/queues`).map(lastName);
      assert.deepEqual(made.toSorted(), [...expected, "webjobs-blobtrigger-poison"].toSorted());
    }
  });

  test("keeps evidence, ledger and audit immutable in production, and lets the ledger grow", () => {
    const policies = prod.all(`${account}/blobServices/containers/immutabilityPolicies`);
    const told = policies.map(({ name, properties }) => [name.split("/")[2], properties]);
    const sevenYears = { immutabilityPeriodSinceCreationInDays: 2557 };
    assert.deepEqual(Object.fromEntries(told), {
      evidence: { ...sevenYears, allowProtectedAppendWrites: false },
      ledger: { ...sevenYears, allowProtectedAppendWrites: true },
      audit: { ...sevenYears, allowProtectedAppendWrites: false },
    });
  });

  test("writes no policy for development, and none again once they are locked", () => {
    for (const one of [dev, locked]) {
      assert.deepEqual(one.all(`${account}/blobServices/containers/immutabilityPolicies`), []);
    }
  });

  test("keeps old versions of what changes, and plaintext's for a day", () => {
    for (const one of all) {
      const service = one.one(`${account}/blobServices`).properties ?? {};
      assert.equal(service["isVersioningEnabled"], true);
      assert.deepEqual(service["deleteRetentionPolicy"], { enabled: false });
      const plain = Object.entries(containers).filter(([, { holdsPlaintext }]) => holdsPlaintext);
      for (const [name] of plain) assert.equal(daysOfVersions(one).get(`${name}/`), 1, name);
    }
  });

  test("ends the old versions of everything that may change, of every folder of state/ too", () => {
    const days = daysOfVersions(prod);
    const policies = prod
      .all(`${account}/blobServices/containers/immutabilityPolicies`)
      .map(({ name }) => name.split("/")[2]);
    const changing = Object.keys(containers).filter((name) => !policies.includes(name) && name !== "state");
    const source = readFileSync(join(import.meta.dirname, "../../shared/store/paths.ts"), "utf8");
    const foldersOfState = new Set([...source.matchAll(/[`"](state\/\w+\/)/g)].map(([, folder]) => folder ?? ""));
    assert.ok(foldersOfState.size > 8);
    const expected = [...changing, ...containersOfTheHost].map((name) => `${name}/`);
    assert.deepEqual([...days.keys()].toSorted(), [...expected, ...foldersOfState].toSorted());
  });

  test("moves evidence to cheaper tiers and deletes no blob that is current but what the doctor has found", () => {
    const { policy } = rules.parse(prod.one(`${account}/managementPolicies`).properties);
    const moving = policy.rules.filter(({ definition }) => definition.actions.baseBlob !== undefined);
    assert.deepEqual(
      moving.map(({ definition }) => [definition.filters.prefixMatch, definition.actions.baseBlob]),
      [
        [
          ["evidence/"],
          {
            tierToCool: { daysAfterModificationGreaterThan: 30 },
            tierToCold: { daysAfterModificationGreaterThan: 180 },
          },
        ],
        [["state/check/"], { delete: { daysAfterModificationGreaterThan: 1 } }],
      ],
    );
  });
});

/** After how many days an old version is deleted, by the beginning of the blobs' paths. */
function daysOfVersions(one: Prediction): Map<string, number> {
  const { policy } = rules.parse(one.one(`${account}/managementPolicies`).properties);
  return new Map(
    policy.rules.flatMap(({ definition }) => {
      const days = definition.actions.version?.delete.daysAfterCreationGreaterThan;
      return days === undefined ? [] : definition.filters.prefixMatch.map((prefix) => [prefix, days] as const);
    }),
  );
}
