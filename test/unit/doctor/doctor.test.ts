import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { toSummary, toText } from "../../../local/doctor/finding-text.ts";
import { type DoctorOptions, parseDoctorOptions } from "../../../local/doctor/options.ts";
import { runDoctor } from "../../../local/doctor/run-doctor.ts";
import { WrongOption } from "../../../local/start/wrong-option.ts";
import { checkId } from "../../../shared/chat/identifiers.ts";
import { type CheckDocument, checkDocument } from "../../../shared/pipeline/check/check-document.ts";
import { type Finding, ok } from "../../../shared/pipeline/check/finding.ts";
import type { AccountFacts } from "../../../shared/store/account-facts.ts";
import { paths } from "../../../shared/store/paths.ts";
import { updateDocument } from "../../../shared/store/state-document.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";

const check = checkId.parse("11111111-2222-3333-4444-555555555555");
const asked = { inScope: "ann@contoso.com", outOfScope: "boss@contoso.com" };

function finding(text: string): Finding {
  return { area: "vault", ...ok(text) };
}

describe("the doctor", () => {
  let clock: FakeClock;
  let blobs: MemoryBlobs;
  let queues: MemoryQueues;
  let waiting: number | undefined;
  let stop: AbortController;
  /** What the app does each time the doctor looks, by how often it has. */
  let app: (look: number) => ((old: CheckDocument) => CheckDocument) | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    blobs = new MemoryBlobs(clock);
    queues = new MemoryQueues(clock);
    waiting = 0;
    stop = new AbortController();
    app = () => undefined;
  });

  async function run(given: Partial<DoctorOptions> = {}, spoil: Partial<MemoryBlobs> = {}): Promise<string[]> {
    const account: Pick<AccountFacts, "messagesIn"> = {
      messagesIn: async () => {
        if (waiting === undefined) throw new StorageFault("look at queue", "checks", new Error("no"));
        return waiting;
      },
    };
    let looks = 0;
    const ticking = {
      now: () => clock.now(),
      sleep: async (ms: number, signal?: AbortSignal) => {
        signal?.throwIfAborted();
        looks += 1;
        const change = app(looks);
        if (change !== undefined)
          await updateDocument(blobs, paths.check(check), checkDocument, change, { writer: "app" });
        await clock.turn(ms);
      },
    };
    const unused = () => Promise.reject(new Error("the doctor has no need of it"));
    const all: AccountFacts = { ...account, container: unused, isVersioned: unused, tryQueue: unused };
    const storage = { blobs: Object.assign(blobs, spoil), queues, account: all };
    const options: DoctorOptions = {
      place: { type: "account", account: "st" },
      asked,
      isJson: false,
      waitInMs: 120_000,
      ...given,
    };
    const lines: string[] = [];
    for await (const one of runDoctor({ storage, clock: ticking, signal: stop.signal, check }, options))
      lines.push(toText(one));
    return lines;
  }

  test("tells each finding once, as it comes, and takes its request back at the end", async () => {
    app = (look) => {
      if (look === 1) return (old) => ({ ...old, begun: 1, findings: [finding("one")] });
      if (look === 3) return (old) => ({ ...old, findings: [...old.findings, finding("two")], endedAt: 5 });
      return undefined;
    };
    assert.deepEqual(await run(), [
      `ok      laptop     Node ${process.versions.node}`,
      "ok      laptop     storage is reached; the app is asked",
      "ok      vault      one",
      "ok      vault      two",
    ]);
    assert.equal(queues.count("checks"), 1);
    assert.deepEqual(blobs.all(), []);
  });

  test("an app that does not begin: what it means depends on whether the message still waits", async () => {
    waiting = 1;
    assert.match(
      (await run()).at(-1) ?? "",
      /^WRONG {3}app {8}did not take the request within 120 s\n +> The message still w/,
    );
    waiting = 0;
    assert.match((await run()).at(-1) ?? "", /\n +> The message was taken and nothing was written: /);
    waiting = undefined;
    assert.match((await run()).at(-1) ?? "", /> The message still waits.* Or else: The message was taken/s);
    assert.match(
      (await run({ place: { type: "start", start: undefined, state: undefined } })).at(-1) ?? "",
      /npm start/,
    );
    assert.deepEqual(blobs.all(), [], "no address stays in storage");
  });

  test("an app whose process dies in the middle is told of, and what it finds then is told anew", async () => {
    app = (look) => {
      if (look === 1) return (old) => ({ ...old, begun: 1, findings: [finding("one")] });
      if (look === 2) return (old) => ({ ...old, begun: 2, findings: [finding("again")], endedAt: 5 });
      return undefined;
    };
    const lines = await run();
    assert.match(
      lines[3] ?? "",
      /^warning app {8}its process ended in the middle of the check, which begins anew \(2\)/,
    );
    assert.equal(lines[4], "ok      vault      again");
  });

  test("an app that goes on no more is waited for five minutes", async () => {
    app = (look) => (look === 1 ? (old) => ({ ...old, begun: 1 }) : undefined);
    const startedAt = clock.now();
    assert.match((await run()).at(-1) ?? "", /^WRONG {3}app {8}began the check and has not gone on for 5 minutes/);
    assert.ok(clock.now() - startedAt < 310_000);
  });

  test("storage that keeps the person out is told with what a person can do", async () => {
    const refusal = Object.assign(new Error("x"), { statusCode: 403, code: "AuthorizationFailure" });
    const lines = await run({}, { create: () => Promise.reject(new StorageFault("create", "state/check", refusal)) });
    assert.match(
      lines.at(-1) ?? "",
      /^WRONG {3}laptop {5}create state\/check: 403 AuthorizationFailure\n +> .*adminAddresses/,
    );
  });

  test("Ctrl-C takes the request back", async () => {
    app = (look) => {
      if (look === 2) stop.abort(new Error("Ctrl-C"));
      return undefined;
    };
    await assert.rejects(run(), /Ctrl-C/);
    assert.deepEqual(blobs.all(), []);
  });
});

test("the doctor's command line: defaults, addresses, a storage, and what it does not take", () => {
  const none = parseDoctorOptions([], {});
  assert.deepEqual(none, {
    place: { type: "start", start: undefined, state: undefined },
    asked: {},
    isJson: false,
    waitInMs: 120_000,
  });
  const args = ["--account", "st1", "--in-scope", "a@x", "--out-of-scope", "b@x", "--json", "--wait", "9"];
  assert.deepEqual(parseDoctorOptions(args, {}), {
    place: { type: "account", account: "st1" },
    asked: { inScope: "a@x", outOfScope: "b@x" },
    isJson: true,
    waitInMs: 9000,
  });
  assert.equal(parseDoctorOptions(["--help"], {}), undefined);
  for (const wrong of [
    ["--in-scope", "nobody"],
    ["--in-scope", "a@x", "--out-of-scope", "A@x"],
    ["--wait", "0"],
    ["--account", "NO"],
    ["--account", "st1", "--connection", "x"],
    ["--what"],
    ["operand"],
  ])
    assert.throws(() => parseDoctorOptions(wrong, {}), WrongOption, wrong.join(" "));
});

test("the summary counts", () => {
  assert.equal(toSummary({ ok: 3, warning: 1, wrong: 0, skipped: 2 }), "3 ok, 1 warning, 0 wrong, 2 skipped.");
});
