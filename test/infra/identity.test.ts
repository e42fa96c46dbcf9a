import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

/** Azure's built-in roles, as https://learn.microsoft.com/azure/role-based-access-control/built-in-roles lists them. */
const builtIn: Readonly<Record<string, string>> = {
  "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
  "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
};
const assignment = z.object({
  roleDefinitionId: z.string(),
  principalId: z.string(),
  principalType: z.literal("ServicePrincipal"),
});

describe("the app's identity", { skip: whyNoBicep }, () => {
  let all: Prediction[];
  before(async () => {
    all = await Promise.all([environments.dev(), environments.prod(), environments.longNamed()]);
  });

  test("has these roles and no other", () => {
    for (const one of all) {
      const names = one.all("Microsoft.Storage/storageAccounts").concat(one.all("Microsoft.KeyVault/vaults"));
      const [storage, vault] = names.map(({ name }) => name);
      const insights = one.one("Microsoft.Insights/components").name;
      assert.deepEqual(
        new Set(one.all("Microsoft.Authorization/roleAssignments").map(toGrant)),
        new Set([
          `Storage Blob Data Contributor on storageAccounts/${storage}`,
          `Storage Queue Data Contributor on storageAccounts/${storage}`,
          `Storage Blob Data Owner on storageAccounts/${storage}/blobServices/default/containers/azure-webjobs-hosts`,
          `Storage Blob Data Owner on storageAccounts/${storage}/blobServices/default/containers/azure-webjobs-secrets`,
          `Key Vault Secrets Officer on vaults/${vault}`,
          `Monitoring Metrics Publisher on components/${insights}`,
        ]),
      );
    }
  });

  test("is the only one that is given a role, and the only one that the app has", () => {
    for (const one of all) {
      const { id } = one.one("Microsoft.ManagedIdentity/userAssignedIdentities");
      for (const { properties } of one.all("Microsoft.Authorization/roleAssignments")) {
        assert.ok(assignment.parse(properties).principalId.startsWith(`[reference('${id}'`));
      }
      assert.deepEqual(one.one("Microsoft.Web/sites")["identity"], {
        type: "UserAssigned",
        userAssignedIdentities: { [id]: {} },
      });
      const others = one.resources.filter(
        (each) => each["identity"] !== undefined && each.type !== "Microsoft.Web/sites",
      );
      assert.deepEqual(others, []);
    }
  });

  test("cannot take back an immutability policy: what may do that reaches only the host's own containers", () => {
    for (const one of all) {
      const owners = one
        .all("Microsoft.Authorization/roleAssignments")
        .map(toGrant)
        .filter((grant) => / Owner /.test(grant));
      assert.ok(owners.length > 0 && owners.every((grant) => /\/containers\/azure-webjobs-\w+$/.test(grant)));
    }
  });
});

/** "Role on resource", the resource from its type's last word on. */
function toGrant({ id, properties }: { readonly id: string; readonly properties?: unknown }): string {
  const role = assignment.parse(properties).roleDefinitionId.split("/").at(-1) ?? "";
  const [scope = ""] = id.split("/providers/Microsoft.Authorization/roleAssignments/");
  return `${builtIn[role] ?? role} on ${scope.replace(/^.*\/providers\/[\w.]+\//, "")}`;
}
