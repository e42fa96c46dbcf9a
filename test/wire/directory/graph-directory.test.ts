import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startGraph } from "../../../local/graph/start-graph.ts";
import { loadOrMakeTls } from "../../../local/tls/certificate-files.ts";
import { trustCertificate } from "../../../local/tls/trust-certificate.ts";
import { GraphDirectory } from "../../../shared/directory/graph-directory.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { NoCompleteAnswer } from "../../../shared/graph/graph.ts";
import { address, oid } from "../../contract/directory/directory-contract.ts";
import { FakeClock, startOfTests } from "../../support/fake-clock.ts";

const folder = await mkdtemp(join(tmpdir(), "graph-directory-"));
after(() => rm(folder, { recursive: true }));
const tls = await loadOrMakeTls(folder, Date.now());
trustCertificate(tls);

const jane = address("jane@bank.example");

async function setUp(timeoutInMs = 10_000) {
  const users = [{ id: oid(1), userPrincipalName: jane }];
  const standIn = await startGraph({ tls, directory: users, tokens: { check: () => "good" } });
  const clock = new FakeClock({ turnsItself: true });
  const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: startOfTests + 3_600_000 }) };
  const graph = createGraph({ credential, endpoint: standIn.url, clock });
  const directory = new GraphDirectory({ graph, clock, random: () => 0, timeoutInMs });
  return { standIn, clock, directory, [Symbol.asyncDispose]: () => standIn.close() };
}

test("a throttled directory is left alone as long as it asks for, and then asked again", async () => {
  await using setting = await setUp();
  const { standIn, clock, directory } = setting;
  standIn.faults.add({ first: 2, action: { kind: "answer", status: 429, retryAfter: "7.5", body: "html" } });
  const found = await directory.find(jane);
  assert.ok(typeof found === "object" && found.mailbox.state === "ok");
  assert.equal(clock.now() - startOfTests, 15_000);
});

test("answers that come late, broken or not at all are asked for again", async () => {
  await using setting = await setUp(500);
  const { standIn, directory } = setting;
  standIn.faults.add({ nth: 1, action: { kind: "hang" } });
  standIn.faults.add({ nth: 2, action: { kind: "hang-up", afterTheWrite: true } });
  standIn.faults.add({ nth: 3, action: { kind: "answer", status: 502, body: "half-json" } });
  assert.ok(typeof (await directory.find(jane)) === "object");
});

test("a directory that never answers is a fault", async () => {
  await using setting = await setUp();
  const { standIn, directory } = setting;
  standIn.faults.add({ action: { kind: "hang-up" } });
  await assert.rejects(directory.find(jane), NoCompleteAnswer);
});
