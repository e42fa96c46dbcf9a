import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type CheckId, checkId } from "../../../shared/chat/identifiers.ts";
import { parseSettings } from "../../../shared/config/settings.ts";
import { type CheckDocument, checkDocument, toCheckDocument } from "../../../shared/pipeline/check/check-document.ts";
import { type CheckUpDeps, checkUp } from "../../../shared/pipeline/check/check-up.ts";
import { type Finding, ok } from "../../../shared/pipeline/check/finding.ts";
import { paths } from "../../../shared/store/paths.ts";
import { createDocument, readDocument, updateDocument } from "../../../shared/store/state-document.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { MemoryDirectory } from "../../contract/directory/memory-directory.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { MemoryGroups } from "../../support/memory-groups.ts";
import { MemoryQueues } from "../../support/memory-queues.ts";
import { MemorySecrets } from "../../support/memory-secrets.ts";
import { createRecordingLog, type RecordingLog } from "../../support/recording-log.ts";

const check = checkId.parse("11111111-2222-3333-4444-555555555555");
const message = { v: 1, runId: check, check } as const;
const environment = { AzureWebJobsStorage: "UseDevelopmentStorage=true", KEY_VAULT_URI: "https://kv.vault.azure.net" };
let blobs: MemoryBlobs;
let queues: MemoryQueues;
let log: RecordingLog;

beforeEach(async () => {
  blobs = new MemoryBlobs();
  queues = new MemoryQueues(systemClock);
  log = createRecordingLog();
  await createDocument(blobs, paths.check(check), checkDocument, toCheckDocument(1, { inScope: "ann@x.example" }), {
    writer: "test",
  });
});

function depsOf(given: Partial<CheckUpDeps> = {}): CheckUpDeps {
  return {
    ...{ blobs, queues, log, environment, writer: "test", lockInMs: 15_000, clock: systemClock, isStandIn: true },
    settings: parseSettings(environment),
    random: () => 0,
    account: {
      container: async () => ({ isImmutable: false, isPublic: false }),
      messagesIn: async () => 0,
      isVersioned: async () => false,
      tryQueue: async () => undefined,
    },
    vault: { read: async () => "v", write: async () => "marked" },
    secrets: new MemorySecrets(),
    getToken: async () => ({ token: "opaque" }),
    scopes: { storage: undefined, vault: "v", graph: "g" },
    clientId: undefined,
    directory: new MemoryDirectory([]),
    groupMembers: new MemoryGroups(),
    graph: {
      request: async () => {
        throw new Error("nobody is found, so nothing more is asked");
      },
    },
    openSite: async () => {
      throw new Error("there is no connector");
    },
    fetchHostKeys: async () => [],
    spareSite: async () => undefined,
    ...given,
  };
}

async function readCheck(id: CheckId = check): Promise<CheckDocument | undefined> {
  return (await readDocument(blobs, paths.check(id), checkDocument))?.value;
}

test("a check ends with a finding of each kind, and without the address", async () => {
  await checkUp(depsOf(), message);
  const document = await readCheck();
  const areas = new Set(document?.findings.map(({ area }) => area));
  assert.deepEqual(areas, new Set(["settings", "identity", "storage", "clock", "vault", "graph", "connector"]));
  assert.deepEqual([document?.begun, document?.asked], [1, undefined]);
  assert.equal(log.of("check.ended").length, 1);
});

test("two deliveries at a time: one makes the check, the other comes back when the first may have died", async () => {
  const inVault = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  const vault = {
    read: (): Promise<string> => {
      asked.resolve();
      return inVault.promise;
    },
    write: async () => "marked" as const,
  };
  const first = checkUp(depsOf({ vault }), message);
  await asked.promise;
  await checkUp(depsOf(), message);
  assert.equal(queues.count("checks"), 1);
  inVault.resolve("v");
  await first;
  const before = await readCheck();
  await blobs.lease(paths.checkLock(check), 15_000);
  await checkUp(depsOf(), message);
  assert.deepEqual(await readCheck(), before);
  assert.equal(before?.begun, 1);
  assert.equal(queues.count("checks"), 1, "what has ended need not come again");
});

test("a second delivery that finds the lock free just after the first has ended leaves the document alone", async () => {
  const endingFirst = new Proxy(blobs, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (key !== "lease") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: Parameters<MemoryBlobs["lease"]>) => {
        await checkUp(depsOf(), message);
        return await target.lease(...args);
      };
    },
  });
  await checkUp(depsOf({ blobs: endingFirst }), message);
  assert.equal((await readCheck())?.begun, 1);
  assert.equal(log.of("check.ended").length, 1);
});

test("a process that dies in the middle is followed by another, which begins anew and finds each thing once", async () => {
  const ofTheDead: Finding = { area: "vault", ...ok("by the dead process") };
  await updateDocument(
    blobs,
    paths.check(check),
    checkDocument,
    (old) => ({ ...old, begun: 1, findings: [ofTheDead] }),
    { writer: "dead" },
  );
  await checkUp(depsOf(), message);
  const document = await readCheck();
  assert.equal(document?.begun, 2);
  assert.equal(document?.findings.filter(({ area }) => area === "vault").length, 1);
  assert.doesNotMatch(JSON.stringify(document), /dead process/);
});

/** A vault that answers when it is told to. */
function sleepyVault(): { vault: CheckUpDeps["vault"]; asked: Promise<void>; wake: () => void } {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  const read = (): Promise<string> => {
    asked.resolve();
    return answer.promise;
  };
  return { vault: { read, write: async () => "marked" }, asked: asked.promise, wake: () => answer.resolve("v") };
}

test("a process that was thought dead and wakes up writes nothing into the check of the one that followed", async () => {
  const neverLocked = new Proxy(blobs, {
    get: (target, key) => {
      const free = async () => ({ isFresh: () => true, renew: async () => true, release: async () => undefined });
      const value: unknown = key === "lease" ? free : Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const [sleeper, follower] = [sleepyVault(), sleepyVault()];
  const first = checkUp(depsOf({ blobs: neverLocked, vault: sleeper.vault }), message);
  await sleeper.asked;
  const second = checkUp(depsOf({ blobs: neverLocked, vault: follower.vault }), message);
  await follower.asked;
  sleeper.wake();
  await first;
  const meanwhile = await readCheck();
  assert.deepEqual([meanwhile?.begun, meanwhile?.endedAt], [2, undefined]);
  follower.wake();
  await second;
  const ofVault = (await readCheck())?.findings.filter(({ area }) => area === "vault");
  assert.equal(ofVault?.length, 1);
  assert.equal(log.of("check.ended").length, 1);
});

test("a check that another process begins anew in the very moment of its end is left to that one", async () => {
  const beginAnew = (old: CheckDocument): CheckDocument => ({ ...old, begun: 2, findings: [] });
  let isBegun = false;
  const racing = new Proxy(blobs, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (key !== "replace") return typeof value === "function" ? value.bind(target) : value;
      return async (...args: Parameters<MemoryBlobs["replace"]>) => {
        if (!isBegun && Buffer.from(args[1]).includes("endedAt")) {
          isBegun = true;
          await updateDocument(target, paths.check(check), checkDocument, beginAnew, { writer: "other" });
        }
        return await target.replace(...args);
      };
    },
  });
  await checkUp(depsOf({ blobs: racing }), message);
  const document = await readCheck();
  assert.deepEqual([document?.begun, document?.endedAt, log.of("check.ended").length], [2, undefined, 0]);
});

test("a request that was taken back is left alone, before and in the middle of the check", async () => {
  const vault = {
    read: async () => {
      await blobs.remove(paths.check(check));
      return "v";
    },
    write: async () => "marked" as const,
  };
  await checkUp(depsOf({ vault }), message);
  assert.equal(await readCheck(), undefined);
  assert.equal(log.of("check.ended").length, 0);
  await blobs.remove(paths.checkLock(check));
  await checkUp(depsOf(), message);
  assert.deepEqual(blobs.all(), []);
});

test("a check that hangs hides none of the others", async () => {
  const vault = { read: () => new Promise<string>(() => undefined), write: async () => "marked" as const };
  await checkUp(depsOf({ vault, limitsInMs: { vault: 50 } }), message);
  const document = await readCheck();
  const ofVault = document?.findings.filter(({ area }) => area === "vault").map(({ status }) => status);
  assert.deepEqual(ofVault, ["wrong"]);
  assert.ok((document?.findings.length ?? 0) > 6);
});

test("storage that fails while findings are written fails the invocation, so that the message comes again", async () => {
  let writes = 0;
  const failing = new Proxy(blobs, {
    get: (target, key) => {
      if (key === "replace" && ++writes > 4) return async () => Promise.reject(new Error("storage is away"));
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await assert.rejects(checkUp(depsOf({ blobs: failing }), message), /storage is away/);
  assert.equal((await readCheck())?.endedAt, undefined);
  await checkUp(depsOf(), message);
  assert.notEqual((await readCheck())?.endedAt, undefined);
});
