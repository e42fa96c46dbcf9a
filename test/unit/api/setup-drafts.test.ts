import assert from "node:assert/strict";
import { test } from "node:test";
import { connectorRoutes } from "../../../shared/api/contract/connectors.ts";
import { draftRoutes } from "../../../shared/api/contract/drafts.ts";
import { keyRoutes } from "../../../shared/api/contract/keys.ts";
import { mappingRoutes } from "../../../shared/api/contract/mapping.ts";
import { connector } from "../../../shared/config/connector.ts";
import { paths } from "../../../shared/store/paths.ts";
import { readDocument } from "../../../shared/store/state-document.ts";
import { acme, SetupWorld } from "../../support/setup-world.ts";

const hostKey = `SHA256:${"A".repeat(43)}`;
const site = { host: "sftp.example", hostKeys: [hostKey] };

/** A draft that lacks nothing but what `left` leaves out. */
async function startComplete(left: { readonly password?: boolean } = {}): Promise<{ world: SetupWorld; etag: string }> {
  const world = new SetupWorld();
  await world.do(draftRoutes.createDraft, { body: { name: acme, values: { feed: "ACME01", site } } });
  if (left.password !== false) await world.do(keyRoutes.setPassword, { body: { password: "marked-password" } });
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  const { etag: seen } = await world.do(draftRoutes.readDraft);
  const { etag = "" } = await world.do(draftRoutes.changeDraft, { body: { hasAcceptedTerms: true }, ifMatch: seen });
  return { world, etag };
}

async function connectorNow(world: SetupWorld) {
  return (await readDocument(world.blobs, paths.connector(acme), connector))?.value;
}

test("a new draft says what each step still needs, in words for somebody who fills it in", async () => {
  const world = new SetupWorld();
  const { body } = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  assert.deepEqual(
    body.steps.map(({ step, isComplete, missing }) => [step, isComplete, missing.map(({ field }) => field)]),
    [
      ["terms", false, ["hasAcceptedTerms"]],
      [
        "credentials",
        false,
        ["feed", "site.host", "site.user", "site.hostKeys", "secrets.sftp-password", "secrets.pgp-key"],
      ],
      ["mapping", true, []],
      ["review", false, []],
    ],
  );
});

test("whether a name is taken is told without an error: by a draft, by a connector, by nobody", async () => {
  const { world, etag } = await startComplete();
  const isTaken = async (name: string): Promise<boolean> =>
    (await world.do(draftRoutes.checkName, { params: { name } })).body.isTaken;
  assert.deepEqual([await isTaken("acme"), await isTaken("acme-london")], [true, false]);
  await world.do(draftRoutes.finishDraft, { ifMatch: etag });
  assert.equal(await isTaken("acme"), true);
});

test("values are saved in any order and any number, and are there when the draft is taken up again", async () => {
  const world = new SetupWorld();
  const created = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  const first = await world.do(draftRoutes.changeDraft, {
    body: { values: { zone: "Europe/London", site: { port: 2222, include: ["*.pgp"] } } },
    ifMatch: created.etag,
  });
  await world.do(draftRoutes.changeDraft, {
    body: { values: { site: { host: "sftp.example", include: null }, zone: null, people: { type: "list" } } },
    ifMatch: first.etag,
  });
  const { body } = await world.do(draftRoutes.readDraft);
  assert.deepEqual(body.values, { site: { port: 2222, host: "sftp.example" }, people: { type: "list" } });
  const mapping = body.steps.find(({ step }) => step === "mapping");
  assert.deepEqual(
    mapping?.missing.map(({ field }) => field),
    ["people.file"],
  );
});

test("a value that is wrong is refused at its field with an example, and nothing is saved", async () => {
  const world = new SetupWorld();
  const { etag } = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  const values = { site: { host: "sftp://x/", port: 0 }, zone: "Mars" };
  const { status, faults } = await world.ask("changeDraft", { body: { values }, ifMatch: etag });
  assert.equal(status, 400);
  assert.deepEqual(faults.map((fault) => fault.split(":")[0] ?? "").toSorted(), [
    "values.site.host",
    "values.site.port",
    "values.zone",
  ]);
  for (const fault of faults) assert.match(fault, /e\.g\. \S+/);
  assert.deepEqual((await world.do(draftRoutes.readDraft)).body.values, {});
});

test("host keys that were confirmed for one host are not trusted for another host or port", async () => {
  const world = new SetupWorld();
  const { etag } = await world.do(draftRoutes.createDraft, { body: { name: acme, values: { site } } });
  const same = await world.do(draftRoutes.changeDraft, {
    body: { values: { site: { host: "SFTP.example", folder: "/out" } } },
    ifMatch: etag,
  });
  assert.deepEqual(same.body.values.site?.hostKeys, [hostKey]);
  const moved = await world.do(draftRoutes.changeDraft, {
    body: { values: { site: { port: 23 } } },
    ifMatch: same.etag,
  });
  assert.equal(moved.body.values.site?.hostKeys, undefined);
});

test("of two admins who save at once the second is told that the draft was changed", async () => {
  const world = new SetupWorld();
  const { etag } = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  const save = (zone: string) => world.ask("changeDraft", { body: { values: { zone } }, ifMatch: etag });
  const statuses = [(await save("UTC")).status, (await save("Europe/London")).status];
  assert.deepEqual(statuses, [200, 412]);
  assert.equal((await world.do(draftRoutes.readDraft)).body.values.zone, "UTC");
  assert.equal((await world.ask("changeDraft", { body: {} })).status, 428);
});

test("a name is taken by a draft as well as by a connector", async () => {
  const { world, etag } = await startComplete();
  assert.equal((await world.ask("createDraft", { body: { name: acme } })).status, 409);
  await world.do(draftRoutes.finishDraft, { ifMatch: etag });
  assert.equal((await world.ask("createDraft", { body: { name: acme } })).status, 409);
});

test("a complete draft becomes a connector with its keys, and is gone", async () => {
  const { world, etag } = await startComplete();
  await world.do(draftRoutes.finishDraft, { ifMatch: etag });
  const made = await connectorNow(world);
  assert.deepEqual([made?.feed, made?.site.user, made?.isPaused], ["ACME01", "ACME01", false]);
  assert.deepEqual(made?.encryption, { type: "pgp", keys: [1], signers: [] });
  assert.equal((await world.ask("readDraft")).status, 404);
  assert.deepEqual((await world.do(draftRoutes.listDrafts)).body.items, []);
  const { body } = await world.do(draftRoutes.finishDraft, { ifMatch: etag });
  assert.equal(body.name, acme, "asked again after a lost answer");
});

test("an incomplete draft is refused with everything that is missing, by step and field, and leaves no record", async () => {
  const { world, etag } = await startComplete({ password: false });
  const { status, faults } = await world.ask("finishDraft", { ifMatch: etag });
  assert.deepEqual([status, faults], [400, ["credentials.secrets.sftp-password: set the SFTP password"]]);
  assert.equal(await connectorNow(world), undefined);
  assert.deepEqual(
    (await world.audit()).filter(({ action }) => action === "finish-draft"),
    [],
  );
});

test("a finish that broke off after the connector was made is done again, with a key that was made in between", async () => {
  const { world, etag } = await startComplete();
  const remove = world.blobs.remove.bind(world.blobs);
  world.blobs.remove = async () => {
    throw new Error("storage is away");
  };
  await assert.rejects(world.ask("finishDraft", { ifMatch: etag }), /storage is away/);
  world.blobs.remove = remove;
  const half = await world.do(draftRoutes.readDraft);
  const saved = await world.ask("changeDraft", { body: { values: { zone: "UTC" } }, ifMatch: half.etag });
  assert.equal(saved.status, 409, "its values are the connector's by now");
  await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
  const { etag: now } = await world.do(draftRoutes.readDraft);
  await world.do(draftRoutes.finishDraft, { ifMatch: now });
  const made = await connectorNow(world);
  assert.deepEqual(made?.encryption.type === "pgp" && made.encryption.keys, [2, 1]);
  assert.equal((await world.ask("readDraft")).status, 404);
});

test("a key that is made while the draft is being finished is the connector's", async () => {
  const { world, etag } = await startComplete();
  const create = world.blobs.create.bind(world.blobs);
  world.blobs.create = async (path, bytes, options) => {
    if (path === paths.connector(acme)) {
      world.blobs.create = create;
      await world.do(keyRoutes.generatePgpKey, { body: { kind: "curve25519" } });
    }
    return await create(path, bytes, options);
  };
  await world.do(draftRoutes.finishDraft, { ifMatch: etag });
  const made = await connectorNow(world);
  assert.deepEqual(made?.encryption.type === "pgp" && made.encryption.keys, [2, 1]);
});

test("a draft that is given up takes password, SSH keys and mapping along; PGP keys are found again", async () => {
  const { world, etag } = await startComplete();
  await world.do(keyRoutes.generateSshKey, { body: {} });
  await world.do(mappingRoutes.replaceMapping, { upload: "ImId,Mailbox\na,a@b.example\n" });
  const { body } = await world.do(draftRoutes.deleteDraft, { ifMatch: etag });
  assert.match(body.stays.join(), /PGP keys/);
  const again = await world.do(draftRoutes.createDraft, { body: { name: acme } });
  assert.deepEqual(again.body.keys, [1]);
  const { items } = (await world.do(keyRoutes.listSecrets)).body;
  assert.deepEqual(
    items.map(({ kind, isSet }) => [kind, isSet]),
    [
      ["sftp-password", false],
      ["pgp-key", true],
    ],
  );
  assert.equal((await world.do(mappingRoutes.readMapping)).body.file, undefined);
});

test("a draft beside the connector that was made of it can be given up without touching the connector's secrets", async () => {
  const { world, etag } = await startComplete();
  const remove = world.blobs.remove.bind(world.blobs);
  world.blobs.remove = async () => {
    throw new Error("storage is away");
  };
  await assert.rejects(world.ask("finishDraft", { ifMatch: etag }));
  world.blobs.remove = remove;
  await world.do(draftRoutes.deleteDraft, { ifMatch: (await world.do(draftRoutes.readDraft)).etag });
  assert.equal(await world.secrets.getOptional("icechat-acme-sftp-password"), "marked-password");
  assert.equal((await world.do(connectorRoutes.readConnector)).body.connector.name, acme);
});

test("a draft whose record cannot be read hides no other", async () => {
  const world = new SetupWorld();
  await world.do(draftRoutes.createDraft, { body: { name: acme } });
  await world.blobs.create("state/draft/broken", Buffer.from("{}"));
  const { items } = (await world.do(draftRoutes.listDrafts)).body;
  assert.deepEqual(
    items.map(({ name, nextStep, problem }) => [name, nextStep, problem === undefined]),
    [
      ["acme", "terms", true],
      ["broken", undefined, false],
    ],
  );
});

test("a draft that lacks nothing goes on at the mapping until somebody has gone on from there", async () => {
  const { world, etag } = await startComplete();
  const nextStep = async () => (await world.do(draftRoutes.listDrafts)).body.items[0]?.nextStep;
  assert.equal(await nextStep(), "mapping");
  const body = { values: { mapping: { isAutomatic: true } } };
  await world.do(draftRoutes.changeDraft, { body, ifMatch: etag });
  assert.equal(await nextStep(), "review");
});

test("a reader sees drafts and changes none", async () => {
  const { world, etag } = await startComplete();
  assert.equal((await world.ask("readDraft", { role: "reader" })).status, 200);
  for (const [endpoint, given] of [
    ["createDraft", { body: { name: "other" } }],
    ["changeDraft", { body: {}, ifMatch: etag }],
    ["deleteDraft", { ifMatch: etag }],
    ["finishDraft", { ifMatch: etag }],
  ] as const) {
    assert.equal((await world.ask(endpoint, { ...given, role: "reader" })).status, 403, endpoint);
  }
});
