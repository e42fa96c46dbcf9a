import assert from "node:assert/strict";
import { test } from "node:test";
import { createWiring } from "../../../functions/wiring.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const words = "please sell everything before noon";
const trace = { trace: "a".repeat(32), span: "b".repeat(16) };
const settings = { AzureWebJobsStorage: "UseDevelopmentStorage=true", KEY_VAULT_URI: "https://none.vault.azure.net" };

async function failureOf(work: Promise<void>): Promise<Error> {
  const error = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  return error;
}

test("what the host gets to see of a failed invocation is ours: name and words of the error below stay away", async () => {
  const log = createRecordingLog();
  const stages = createWiring(settings)({ log, trace });
  const foreign = { v: 1, drop: words, gen: words, file: words, chunk: words, [words]: words };
  const error = await failureOf(stages.mapChats(foreign, 1));
  assert.equal(error.name, "InvocationFailed");
  assert.equal(error.cause, undefined);
  assert.equal(error.message, "ZodError");
  assert.equal(log.of("invocation.failed").length, 1);
  assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${JSON.stringify(log.lines)}`, /sell/);
});

test("wrong settings are named, with what is right, and their values are not", async () => {
  const stages = createWiring({ ...settings, KEY_VAULT_URI: words })({ log: createRecordingLog(), trace });
  const error = await failureOf(stages.sweep());
  assert.match(error.message, /KEY_VAULT_URI: must be an https address/);
  assert.doesNotMatch(String(error.stack), /sell/);
});
