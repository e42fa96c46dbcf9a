import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checkId } from "../../../shared/chat/identifiers.ts";
import { checkStorage, immutableContainers } from "../../../shared/pipeline/check/check-storage.ts";
import { tellUnknown } from "../../../shared/pipeline/check/tell-fault.ts";
import { tryBlobs } from "../../../shared/pipeline/check/try-blobs.ts";
import type { AccountFacts, ContainerFacts } from "../../../shared/store/account-facts.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryBlobs } from "../../support/memory-blobs.ts";

const check = checkId.parse("11111111-2222-3333-4444-555555555555");
const never = new AbortController().signal;

interface Account {
  readonly facts?: (name: string) => ContainerFacts | undefined;
  readonly messages?: Readonly<Record<string, number>>;
  readonly isVersioned?: boolean;
}

/** An account as infra/ makes it for production, but for what is given. */
function accountOf({ facts, messages = {}, isVersioned = true }: Account): AccountFacts {
  const usual = (name: string) => ({ isImmutable: immutableContainers.some((one) => one === name), isPublic: false });
  return {
    container: async (name) => (facts ?? usual)(name),
    messagesIn: async (name) => messages[name] ?? 0,
    isVersioned: async () => isVersioned,
    tryQueue: async () => undefined,
  };
}

async function linesOf(account: Account): Promise<string[]> {
  const blobs = new MemoryBlobs(new FakeClock());
  const lines: string[] = [];
  const deps = { account: accountOf(account), blobs, check, isStandIn: false };
  for await (const { status, text } of checkStorage(deps, never)) lines.push(`${status}: ${text}`);
  assert.deepEqual(blobs.all(), [], "nothing is left behind");
  return lines;
}

test("an account as infra/ makes it is ok, its policies and versions too", async () => {
  assert.deepEqual(await linesOf({}), [
    "ok: 12 containers are there",
    "ok: 11 queues are there; a message was put and taken back",
    "ok: in state: written, read, compared, leased, appended, listed, deleted",
    "ok: evidence, ledger, audit have a retention policy; nothing was written there",
  ]);
});

test("a policy that is missing, a container that is public, versions that are not kept, poison that waits", async () => {
  const facts = (name: string) => ({ isImmutable: name !== "audit", isPublic: name === "work" });
  const lines = await linesOf({ facts, isVersioned: false, messages: { "chats-poison": 2, chats: 9 } });
  assert.deepEqual(lines, [
    "wrong: anybody may read without signing in: work",
    "warning: messages wait in chats-poison (2)",
    "ok: 11 queues are there; a message was put and taken back",
    "ok: in state: written, read, compared, leased, appended, listed, deleted",
    "warning: no retention policy on audit: what is there can be changed and deleted",
    "warning: old versions of blobs are not kept, so what is overwritten by mistake is gone",
  ]);
});

test("the containers that are not to be written to are those that the deployment makes immutable", () => {
  const bicep = readFileSync(join(import.meta.dirname, "../../../infra/modules/storage.bicep"), "utf8");
  const immutable = [...bicep.matchAll(/^ {2}(\w+): \{ immutable: true/gm)].map(([, name]) => name);
  assert.deepEqual(new Set(immutable), new Set(immutableContainers));
});

/** Storage that breaks one promise. */
const broken: readonly (readonly [string, RegExp, (blobs: Blobs) => Partial<Blobs>])[] = [
  [
    "overwrites",
    /a blob that is there was written over/,
    (blobs) => ({
      create: async (path, bytes) => {
        await blobs.create(path, bytes);
        return "created";
      },
    }),
  ],
  ["ignores old ETags", /a change by an old ETag was made/, () => ({ replace: async () => '"1"' })],
  ["refuses right ETags", /a change by the right ETag was refused/, () => ({ replace: async () => undefined })],
  [
    "leases to everybody",
    /a lease was given out twice/,
    () => ({ lease: async () => ({ isFresh: () => true, renew: async () => true, release: async () => undefined }) }),
  ],
  ["appends anywhere", /an append at a wrong position was made/, () => ({ append: async () => 5 })],
  ["lists nothing", /a blob that is there is not listed/, () => ({ list: async function* () {} })],
];

for (const [name, told, spoil] of broken) {
  test(`storage that ${name} is found out, and cleaned up after`, async () => {
    const sound = new MemoryBlobs(new FakeClock());
    const blobs = new Proxy<Blobs>(sound, {
      get: (target, key) => {
        const value: unknown = Reflect.get({ ...spoil(target) }, key) ?? Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const error = await tryBlobs({ account: accountOf({}), blobs, check }, never).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.match(tellUnknown(error).text, told);
    assert.deepEqual(sound.all(), []);
  });
}
