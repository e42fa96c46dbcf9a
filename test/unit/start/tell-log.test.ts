import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostLogLine } from "../../../local/host/log.ts";
import { createTeller } from "../../../local/start/tell-log.ts";

function told(lines: readonly Partial<HostLogLine>[], isVerbose = false): string[] {
  const said: string[] = [];
  const tell = createTeller((line) => said.push(line), isVerbose);
  for (const line of lines) tell({ time: "", level: "error", source: "user", message: "", ...line });
  return said;
}

const event = (name: string, fields: object = {}): string => JSON.stringify({ event: name, ...fields });

test("a failed fetch is told once in words, however often it is tried", () => {
  const fetch = {
    message: event("connector.fetch-failed", { error: "SiteError(refused)", errorMessage: "Nothing listens." }),
  };
  const run = { message: event("invocation.failed", { function: "fetchDrops", error: "AggregateError" }) };
  assert.deepEqual(told([fetch, run, fetch, run]), ["! the site could not be fetched: Nothing listens."]);
});

test("an error without words for people is told by its name and those of its causes", () => {
  const message = event("invocation.failed", { function: "mapChats", error: "ZodError", errorCauses: "RangeError" });
  assert.deepEqual(told([{ message }]), ["! mapChats failed and is tried again: ZodError < RangeError"]);
});

test("settings that are wrong are told although the function that fails is the fetch", () => {
  const fields = { function: "fetchDrops", error: "WrongSettings", errorMessage: "The app settings need a hand" };
  assert.deepEqual(told([{ message: event("invocation.failed", fields) }]), [
    "! fetchDrops failed and is tried again: The app settings need a hand",
  ]);
});

test("a fetch that failed before any site was asked is told", () => {
  const run = { message: event("invocation.failed", { function: "fetchDrops", error: "AggregateError" }) };
  assert.deepEqual(told([run]), ["! fetchDrops failed and is tried again: AggregateError"]);
});

const executed = (name: string, id: string, error: string): Partial<HostLogLine> => ({
  source: "host",
  invocationId: id,
  message: `Executed 'Functions.${name}' (Failed, Id=${id}, Duration=7ms) ${error}`,
});

test("the host's own errors are told, but not that a function failed, which has told it itself", () => {
  const lines: Partial<HostLogLine>[] = [
    { invocationId: "1", message: event("invocation.failed", { function: "sweep", error: "RangeError" }) },
    executed("sweep", "1", "InvocationFailed: RangeError\n    at words of a chat"),
    executed("mapChats", "2", "The worker process ended (SIGKILL)."),
    { source: "host", message: "The worker process ended. Starting another one." },
    { source: "host", level: "information", message: "Host started." },
  ];
  assert.deepEqual(told(lines), [
    "! sweep failed and is tried again: RangeError",
    "! The worker process ended. Starting another one.",
  ]);
});

test("a function that failed before it could say why is told once, with the error's kind and none of its words", () => {
  const missing = "Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'wiring.js'\n    at finalizeResolution";
  const lines = [
    executed("fetchDrops", "1", missing),
    executed("fetchDrops", "2", missing),
    executed("sweep", "3", "words of a chat"),
  ];
  assert.deepEqual(told(lines), [
    "! fetchDrops failed before it could say why: Error [ERR_MODULE_NOT_FOUND]. A start with --verbose shows all.",
    "! sweep failed before it could say why: unknown. A start with --verbose shows all.",
  ]);
});

test("what the summary tells by name is not told by id before it, and an unknown event is told as it is", () => {
  const lines = ["file.rejected", "drop.held-at-gate", "drop.waits-for-release", "mailbox.blocked"].map((name) => ({
    message: event(name),
  }));
  const news = { level: "warning" as const, message: event("something.new", { function: "sweep", drop: "d", n: 2 }) };
  assert.deepEqual(told([...lines, news]), ["- something.new drop=d n=2"]);
});

test("everything is told when it is asked for", () => {
  const line = { level: "debug" as const, message: "Executing 'Functions.sweep'" };
  assert.deepEqual(told([line, line], true), [
    "  debu Executing 'Functions.sweep'",
    "  debu Executing 'Functions.sweep'",
  ]);
});
