import type { Guard } from "./guard.ts";

const faults = { file: "test/wire/store/azure-blobs-faults.test.ts", only: "every try meets: .*, yet it was done" };
const contract = (only: string) => ({ file: "test/contract/store/azure-blobs.test.ts", only });
const putOnce = { file: "test/fault/guards/put-once.test.ts" };
const ledger = { file: "test/contract/ledger/memory-ledger.test.ts" };
const documents = { file: "test/unit/store/state-document.test.ts" };

/** Every write's outcome is ambiguous: create-only, compare-and-append, compare-and-swap, read back. */
export const storageGuards: readonly Guard[] = [
  {
    name: "fence-at-take-over",
    rule: "R3",
    file: "shared/import/ledger.ts",
    source: '...(this.#fencedBy === writer ? [] : [{ type: "F", writer: name, slice } satisfies LedgerLine]),',
    instead: "",
    watchers: [ledger],
  },
  {
    name: "position-of-an-append",
    rule: "R3",
    file: "shared/store/azure-blobs.ts",
    source: "const conditions = { appendPosition: position };",
    instead: "const conditions = {};",
    watchers: [{ file: "test/contract/ledger/azure-ledger.test.ts" }],
  },
  {
    name: "append-read-back",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: "if (found?.equals(body)) return position + body.length;",
    instead: "",
    watchers: [faults],
  },
  {
    name: "create-only",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: 'await this.#upload("create", path, bytes, { ifNoneMatch: "*" }, options);',
    instead: 'await this.#upload("create", path, bytes, {}, options);',
    watchers: [contract("creating again says same")],
  },
  {
    name: "create-read-back",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: 'return existing.bytes.equals(bytes) ? "same" : "different";',
    instead: 'return "different";',
    watchers: [faults],
  },
  {
    name: "other-content-is-told",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: 'return existing.bytes.equals(bytes) ? "same" : "different";',
    instead: 'return "same";',
    watchers: [contract("creating again says same")],
  },
  {
    name: "create-only-ledger-file",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: 'const conditions = { ifNoneMatch: "*" };',
    instead: "const conditions = {};",
    watchers: [contract("creating an append blob again")],
  },
  {
    name: "create-only-evidence",
    rule: "R8",
    file: "shared/store/azure-block-writer.ts",
    source: 'conditions: { ifNoneMatch: "*" },',
    instead: "conditions: {},",
    watchers: [contract("a blob that is there is left")],
  },
  {
    name: "commit-read-back",
    rule: "R8",
    file: "shared/store/azure-block-writer.ts",
    source: 'return itsSha256 === sha256 ? "same" : "different";',
    instead: 'return "different";',
    watchers: [faults],
  },
  {
    name: "etag-on-state",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: "{ ifMatch: etag }, options);",
    instead: "{}, options);",
    watchers: [contract("refuses an old ETag")],
  },
  {
    name: "replace-read-back",
    rule: "R8",
    file: "shared/store/azure-blobs.ts",
    source: "if (existing?.bytes.equals(bytes)) return existing.etag;",
    instead: "",
    watchers: [faults],
  },
  {
    name: "own-write-known-again",
    rule: "R8",
    file: "shared/store/state-document.ts",
    source: "if (current?.writes.includes(write)) return current.value;",
    instead: "",
    watchers: [documents],
  },
  {
    name: "swap-only-what-was-read",
    rule: "R8",
    file: "shared/store/state-document.ts",
    source: "if (await swap(blobs, path, current, write, checked)) return checked;",
    instead: "await swap(blobs, path, current, write, checked);\n    return checked;",
    watchers: [documents],
  },
  {
    name: "chunk-written-once",
    rule: "R2",
    file: "shared/pipeline/put-once.ts",
    source: "if (existing === undefined || !holdSameBytes(existing.bytes, gzip)) throw new DifferentContent(path);",
    instead: "",
    watchers: [putOnce],
  },
  {
    name: "plaintext-committed-once",
    rule: "R2",
    file: "shared/pipeline/put-once.ts",
    source: "  await blobs.remove(path);\n  throw new DifferentContent(path);",
    instead: "",
    watchers: [putOnce],
  },
  {
    name: "messages-never-expire",
    rule: "R1",
    file: "shared/store/azure-queues.ts",
    source: "messageTimeToLive: -1",
    instead: "messageTimeToLive: 604_800",
    watchers: [{ file: "test/contract/store/azure-queues.test.ts", only: "never expires" }],
  },
];
