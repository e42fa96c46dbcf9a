import assert from "node:assert/strict";
import { test } from "node:test";
import { encryptedFiles } from "../../../local/sample/encrypt.ts";
import { generateDrop, type SampleDrop } from "../../../local/sample/generate-drop.ts";
import { objectId } from "../../../shared/chat/identifiers.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { secretName } from "../../../shared/secrets/secret-name.ts";
import { compareMailboxes } from "../../e2e/compare-mailboxes.ts";
import type { ExportedMailboxes } from "../../e2e/exported-mailboxes.ts";
import { acme, connectorOf, dropOf, PipelineWorld } from "../../support/pipeline-world.ts";
import { collect } from "../sample/read-sample.ts";

function worldOf({ directory }: SampleDrop): PipelineWorld {
  return new PipelineWorld(
    directory.map(({ id, userPrincipalName, mail, proxyAddresses, displayName, mailbox }) => ({
      oid: objectId.parse(id),
      upn: userPrincipalName,
      ...(mail === null ? {} : { mail }),
      proxyAddresses,
      displayName,
      mailbox: mailbox === "ok" ? "ok" : "none",
    })),
  );
}

function exportOf(world: PipelineWorld): ExportedMailboxes {
  return Object.fromEntries(
    [...world.mailboxes].map(([oid, mailbox]) => {
      const messages = mailbox.items.map(({ message, receivedAt }) => ({
        ...JSON.parse(JSON.stringify(message)),
        receivedDateTime: new Date(receivedAt).toISOString(),
        sentDateTime: message.singleValueExtendedProperties.find(({ id }) => id === "SystemTime 0x0039")?.value,
        isDraft: false,
      }));
      return [oid, { "ICE Chat": messages }];
    }),
  );
}

async function checkReport(world: PipelineWorld, sample: SampleDrop): Promise<void> {
  assert.deepEqual(compareMailboxes(sample.expected.mailboxes(), exportOf(world)), []);
  const report = await world.report(dropOf(1));
  const { items, equation, unmappedItems } = sample.expected.summary();
  assert.deepEqual(
    { items: report.items, equation: report.equation, unmappedItems: report.unmappedItems },
    { items, equation, unmappedItems },
  );
  assert.deepEqual(report.imbalances, []);
}

for (const format of ["filedump-actiance", "flat-csv"] as const) {
  test(`a trading day in ${format} arrives field by field as it was played`, async () => {
    const sample = generateDrop({ messages: 160, format });
    const world = worldOf(sample);
    await world.save(connectorOf({ zone: "Europe/London" }));
    await world.map(sample.mapping);
    for (const { name, modifiedAt, open } of sample.files) world.put(name, await collect(open()), modifiedAt);
    await world.runUntilQuiet();
    await checkReport(world, sample);
    assert.deepEqual(world.errors, []);
  });
}

test("an encrypted trading day arrives field by field; its evidence is the ciphertext", async () => {
  const sample = generateDrop({ messages: 120 });
  const world = worldOf(sample);
  const keys = await generatePgpKeys({ passphrase: "a passphrase" });
  await world.secrets.set(secretName(acme, "pgp-private-key-1"), keys.privateKey);
  await world.secrets.set(secretName(acme, "pgp-passphrase-1"), "a passphrase");
  await world.save(connectorOf({ zone: "Europe/London", encryption: { type: "pgp", keys: [1], signers: [] } }));
  await world.map(sample.mapping);
  for (const file of encryptedFiles(sample.files, keys.publicKey)) {
    world.put(file.name, await collect(file.open()), file.modifiedAt);
  }
  await world.runUntilQuiet();
  await checkReport(world, sample);
  const [file] = await world.files(dropOf(1));
  assert.ok(file !== undefined);
  assert.deepEqual((await world.blobs.read(file.evidence))?.bytes, world.siteOf().files.get(file.path)?.bytes);
});
