import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { keyRoutes } from "../../../shared/api/contract/keys.ts";
import { paths } from "../../../shared/store/paths.ts";
import { type Answer, acme, SetupWorld } from "../../support/setup-world.ts";

// Two admins work on one name at the same moment: what one does stands still at a step while the other does something.

const site = { host: "sftp.example", hostKeys: [`SHA256:${"A".repeat(43)}`] };
const upload = "ImId,Mailbox\r\na,a@b.example\r\n";

async function startDraft(): Promise<{ world: SetupWorld; etag: string }> {
  const world = new SetupWorld();
  await world.do(draftRoutes.createDraft, { body: { name: acme, values: { feed: "ACME01", site } } });
  await world.do(keyRoutes.setPassword, { body: { password: "marked-password" } });
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  const { etag: seen } = await world.do(draftRoutes.readDraft);
  const { etag = "" } = await world.do(draftRoutes.changeDraft, { body: { hasAcceptedTerms: true }, ifMatch: seen });
  return { world, etag };
}

async function startConnector(): Promise<{ world: SetupWorld; etag: string | undefined }> {
  const { world, etag: seen } = await startDraft();
  await world.do(draftRoutes.finishDraft, { ifMatch: seen });
  return { world, etag: (await world.do(connectorRoutes.readConnector)).etag };
}

/** Both admins' answers: the second asks when the first has come to `step`, which waits a moment for the second. */
async function meet(
  step: (begin: () => Promise<void>) => void,
  first: () => Promise<Answer>,
  second: () => Promise<Answer>,
): Promise<readonly [Answer, Answer]> {
  let other: Promise<Answer> | undefined;
  step(async () => {
    other ??= second();
    await Promise.race([other, sleep(200)]);
  });
  const answer = await first();
  assert.ok(other !== undefined, "they have met");
  return [answer, await other];
}

const atRetiring = (world: SetupWorld) => (begin: () => Promise<void>) => {
  const retire = world.secrets.retire.bind(world.secrets);
  // After the password is gone, and before all else is.
  world.secrets.retire = async (name) => {
    await retire(name);
    await begin();
  };
};

const atCreatingConnector = (world: SetupWorld) => (begin: () => Promise<void>) => {
  const create = world.blobs.create.bind(world.blobs);
  world.blobs.create = async (path, bytes, options) => {
    if (path === paths.connector(acme)) await begin();
    return await create(path, bytes, options);
  };
};

/** A connector has its secrets, and what is gone leaves none in wait. */
async function expectWhole(world: SetupWorld): Promise<boolean> {
  const isThere = (await world.ask("readConnector")).status === 200;
  const password = await world.secrets.getOptional("icechat-acme-sftp-password");
  const key = await world.secrets.getOptional("icechat-acme-sftp-private-key");
  const mapping = await world.blobs.head(paths.mapping(acme));
  if (isThere) assert.equal(password, "marked-password", "a connector without its password");
  else assert.deepEqual([password, key, mapping], [undefined, undefined, undefined], "lies in wait for the next one");
  return isThere;
}

test("a draft that one admin deletes and another one finishes becomes nothing, or a connector with its secrets", async () => {
  for (const place of [atRetiring, atCreatingConnector]) {
    const { world, etag } = await startDraft();
    const remove = () => world.ask("deleteDraft", { ifMatch: etag });
    const finish = () => world.ask("finishDraft", { ifMatch: etag });
    const answers =
      place === atRetiring ? await meet(place(world), remove, finish) : await meet(place(world), finish, remove);
    const [first, second] = answers.map(({ status }) => status);
    assert.equal(first, 200);
    assert.ok(second === 404 || second === 409 || second === 412, `${second}`);
    assert.equal(await expectWhole(world), place === atCreatingConnector);
  }
});

const changes = [
  [
    "a password",
    (world: SetupWorld) => world.ask("setPassword", { ifMatch: "*", body: { password: "marked-password" } }),
  ],
  ["an SSH key", (world: SetupWorld) => world.ask("generateSshKey", { body: {} })],
  ["a mapping", (world: SetupWorld) => world.ask("replaceMapping", { upload })],
] as const;

for (const [what, change] of changes) {
  test(`${what} that is given while the connector or draft is deleted lies in wait for nobody`, async () => {
    for (const [start, endpoint] of [
      [startDraft, "deleteDraft"],
      [startConnector, "deleteConnector"],
    ] as const) {
      const { world, etag } = await start();
      const remove = () => world.ask(endpoint, { ifMatch: etag });
      const [removed, changed] = await meet(atRetiring(world), remove, () => change(world));
      assert.equal(removed.status, 200);
      assert.ok(changed.status === 404 || changed.status === 409, `${changed.status}`);
      assert.equal(await expectWhole(world), false);
    }
  });
}

test("a draft whose values are changed at any version is not changed while it is being finished", async () => {
  const { world, etag } = await startDraft();
  const begun = Promise.withResolvers<void>();
  const changed = Promise.withResolvers<void>();
  atCreatingConnector(world)(async () => {
    begun.resolve();
    await changed.promise;
  });
  let finishing: Promise<Answer> | undefined;
  const read = world.blobs.read.bind(world.blobs);
  // The change has looked at the draft, and stands still before it writes.
  world.blobs.read = async (path, signal) => {
    const found = await read(path, signal);
    if (path === paths.draft(acme) && finishing === undefined) {
      finishing = world.ask("finishDraft", { ifMatch: etag });
      await begun.promise;
    }
    return found;
  };
  const { status } = await world.ask("changeDraft", { ifMatch: "*", body: { values: { zone: "Europe/London" } } });
  changed.resolve();
  assert.equal((await finishing)?.status, 200);
  assert.equal((await world.do(connectorRoutes.readConnector)).body.connector.zone, "UTC");
  assert.equal(status, 412, "what is lost is not said to be saved");
});

test("a deletion that somebody's change overtakes is refused, and its record does not say that nothing was done", async () => {
  const { world, etag } = await startConnector();
  atRetiring(world)(async () => {
    const { etag: now } = await world.do(connectorRoutes.readConnector);
    await world.ask("changeConnector", { ifMatch: now, body: { zone: "Europe/London" } });
  });
  assert.equal((await world.ask("deleteConnector", { ifMatch: etag })).status, 412);
  assert.equal((await world.ask("readConnector")).status, 200);
  assert.equal(await world.secrets.getOptional("icechat-acme-sftp-password"), undefined, "something was done");
  const actions = (await world.audit()).map(({ action }) => action);
  assert.deepEqual([actions.includes("delete-connector"), actions.includes("refused")], [true, false]);
});

test("a change of what another admin holds at this moment waits for a while, and is then refused and not half done", async () => {
  const { world } = await startConnector();
  const lease = await world.blobs.lease(paths.lock("setup-acme"), 60_000);
  const waiting = world.ask("setPassword", { ifMatch: "*", body: { password: "marked-other" } });
  await sleep(300);
  await lease?.release();
  assert.equal((await waiting).status, 200);
  await world.blobs.lease(paths.lock("setup-acme"), 60_000);
  const begun = Date.now();
  world.now = () => begun + (Date.now() - begun) * 20;
  assert.equal((await world.ask("setPassword", { ifMatch: "*", body: { password: "marked-third" } })).status, 409);
  assert.equal(await world.secrets.getOptional("icechat-acme-sftp-password"), "marked-other");
});
