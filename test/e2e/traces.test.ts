import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { toTrace } from "../../shared/telemetry/trace.ts";
import { withStarts } from "../support/start/start-process.ts";

const line = z.looseObject({
  event: z.string(),
  function: z.string(),
  trace: z.string(),
  span: z.string(),
  parent: z.string().optional(),
  runId: z.string().optional(),
});
type Line = z.infer<typeof line>;

/** What `--verbose` shows of the functions' own lines. */
function linesOf(output: string): Line[] {
  return output
    .split("\n")
    .filter((text) => /^ {2}\w{4} \{"event"/.test(text))
    .map((text) => line.parse(JSON.parse(text.slice(7))));
}

/** Who sends messages to whom. */
const senders: Readonly<Record<string, readonly string[]>> = {
  // A blob event carries no sender; the ticket's name tells the run.
  openDropFile: ["nobody"],
  mapChats: ["openDropFile", "sweep"],
  gatherMailboxes: ["mapChats", "sweep"],
  importMailbox: ["gatherMailboxes", "importMailbox", "sweep"],
};

/** Some of what each function asks. */
const requests = [
  "fetchDrops site read",
  "fetchDrops vault get secret",
  "openDropFile blobs create",
  "openDropFile graph GET users",
  "openDropFile entra token for Graph",
  "mapChats blobs create",
  "gatherMailboxes queues send to queue",
  "importMailbox graph POST messages",
  "importMailbox blobs append to",
];

test("a drop is followed from its file to its mailboxes in one trace, and each invocation tells what it asked of whom", () =>
  withStarts(async ({ folder, run }) => {
    const options = ["--once", "--verbose", "--state", join(folder, "state"), "--messages", "30", "--users", "5"];
    const ended = await run(options);
    assert.equal(ended.code, 0, ended.output.slice(-3000));
    const lines = linesOf(ended.output);
    expectOneTrace(lines);
    expectRequestsTold(lines);
  }));

/** Each message is below the span of its sender. */
function expectOneTrace(lines: readonly Line[]): void {
  const runIds = new Set(lines.flatMap(({ runId = [] }) => runId));
  const [runId = ""] = runIds;
  assert.equal(runIds.size, 1, [...runIds].join(" "));
  const spans = new Map(lines.map(({ span, function: name }) => [span, name]));
  for (const [name, from] of Object.entries(senders)) {
    const own = lines.filter((one) => one.function === name);
    assert.ok(own.length > 0, name);
    for (const one of own) {
      assert.deepEqual([one.runId, one.trace], [runId, toTrace(runId)], `${name} ${one.event}`);
      const sender = spans.get(one.parent ?? "") ?? "nobody";
      assert.ok(from.includes(sender), `${name} ${one.event}: sent by ${sender}`);
    }
  }
  assert.equal(lines.find(({ event }) => event === "drop.closed")?.trace, toTrace(runId));
}

/** A last line for each invocation, and what it asked before that. */
function expectRequestsTold(lines: readonly Line[]): void {
  const used = lines.filter(({ event }) => event === "dependency.used");
  const asked = used.map((one) => `${one.function} ${String(one["dependency"])} ${String(one["operation"])}`);
  assert.deepEqual(
    requests.filter((request) => !asked.includes(request)),
    [],
    asked.join(", "),
  );
  const ended = lines.filter(({ event }) => event === "invocation.ended").map(({ span }) => span);
  assert.equal(new Set(ended).size, ended.length);
  assert.deepEqual(
    used.filter(({ span }) => !ended.includes(span)),
    [],
  );
}
