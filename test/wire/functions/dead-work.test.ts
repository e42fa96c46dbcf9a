import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { app, InvocationContext } from "@azure/functions";
import type { Invocation } from "../../../functions/invocation.ts";
import { registerFunctions } from "../../../functions/registrations.ts";
import { createWiring, type Stages } from "../../../functions/wiring.ts";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { dropId, fileId, mailboxId } from "../../../shared/chat/identifiers.ts";
import { type DeadWork, deadWork } from "../../../shared/pipeline/dead-work.ts";
import { lastDelivery } from "../../../shared/pipeline/note-failure.ts";
import { type AzureStorage, openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { readDocument } from "../../../shared/store/state-document.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

/** The handlers of queue and blob functions, by name, as the host would call them. */
function handlersOf(stagesFor: (invocation: Invocation) => Stages): ReadonlyMap<string, unknown> {
  const handlers = new Map<string, unknown>();
  const keep = (name: string, { handler }: { handler: unknown }): void => {
    handlers.set(name, handler);
  };
  const fake: Pick<typeof app, "storageBlob" | "storageQueue" | "timer"> = {
    timer: () => undefined,
    storageBlob: keep,
    storageQueue: keep,
  };
  registerFunctions({ ...app, ...fake }, {}, async (invocation) => stagesFor(invocation));
  return handlers;
}

describe("the functions keep why a message was given up", () => {
  let azurite: RunningAzurite;
  let storage: AzureStorage;
  let handlers: ReadonlyMap<string, unknown>;
  const log = createRecordingLog();

  before(async () => {
    azurite = await startAzurite();
    storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
    await storage.createMissing();
    const settings = { AzureWebJobsStorage: azurite.connectionString, KEY_VAULT_URI: "https://vault.example" };
    const wired = createWiring(settings);
    handlers = handlersOf(() => wired({ log, trace: { trace: "a".repeat(32), span: "b".repeat(16) } }));
  });
  after(() => azurite.stop());

  async function call(name: string, message: unknown, triggerMetadata: Record<string, unknown>): Promise<unknown> {
    const context = new InvocationContext({ functionName: name, triggerMetadata: { ...triggerMetadata } });
    const handler = handlers.get(name);
    assert.ok(typeof handler === "function");
    return await Reflect.apply(handler, undefined, [message, context]);
  }

  async function dead(path: BlobPath): Promise<DeadWork | undefined> {
    return (await readDocument(storage.blobs, path, deadWork))?.value;
  }

  const drop = dropId.parse("acme-2026-06-03-1");
  const mailbox = mailboxId.parse("jane.0");
  const task = { v: 1, runId: "r", drop, gen: 1, mailbox, slice: 0 };
  const grave = paths.dead("mailboxes", `${drop}/1/${mailbox}`);

  test("only the host's last delivery leaves a reason, and burying the message makes it dead", async () => {
    await assert.rejects(call("importMailbox", task, { dequeueCount: lastDelivery - 1 }), /MissingRun/);
    assert.equal(await dead(grave), undefined);
    await assert.rejects(call("importMailbox", task, { dequeueCount: lastDelivery }), /MissingRun/);
    const noted = await dead(grave);
    assert.deepEqual([noted?.deaths, noted?.reason?.error], [0, "MissingRun"]);
    assert.match(noted?.reason?.message ?? "", /^There is no run state\/run\//);
    await call("buryMailbox", task, { id: "copy-1" });
    await call("buryMailbox", task, { id: "copy-1" });
    const buried = await dead(grave);
    assert.deepEqual([buried?.deaths, buried?.reason?.error], [1, "MissingRun"]);
    assert.deepEqual(buried?.work, { queue: "mailboxes", drop, gen: 1, mailbox });
  });

  test("a blob event, whose deliveries the host does not count, leaves its reason each time", async () => {
    const file = fileId.parse("a".repeat(20));
    const path = `released/${drop}/1/${file}.json`;
    await storage.blobs.create(paths.open(drop), Buffer.from("no JSON"));
    await assert.rejects(call("openDropFile", Buffer.from("{}"), { blobTrigger: path }), /DocumentFault/);
    const event = { Type: "BlobTrigger", FunctionId: "Host.Functions.openDropFile", BlobType: "BlockBlob" };
    const [, ...name] = path.split("/");
    await call(
      "buryBlobEvent",
      { ...event, ContainerName: "released", BlobName: name.join("/"), ETag: '"1"' },
      { id: "e" },
    );
    const buried = await dead(paths.dead("released", `${drop}/1/${file}`));
    assert.deepEqual([buried?.deaths, buried?.reason?.error], [1, "DocumentFault"]);
  });

  test("a message that says how often it was delivered itself is taken for what it is: none of ours", async () => {
    const hostile = { dequeueCount: 99, drop: "canary words", id: "canary id" };
    await assert.rejects(call("mapChats", hostile, { dequeueCount: 99, id: "canary id" }));
    await call("buryChat", hostile, { id: "canary id" });
    const found: DeadWork[] = [];
    for await (const { path } of storage.blobs.list(paths.deadIn("foreign"))) {
      const one = await dead(path);
      if (one !== undefined) found.push(one);
    }
    assert.deepEqual(
      found.map(({ deaths, queue }) => [deaths, queue]),
      [[1, "chats"]],
    );
    assert.doesNotMatch(JSON.stringify(log.lines), /canary/);
  });
});
