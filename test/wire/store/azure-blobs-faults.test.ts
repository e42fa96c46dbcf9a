import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { AzureBlobs } from "../../../shared/store/azure-blobs.ts";
import { connectStorage } from "../../../shared/store/azure-clients.ts";
import { openAzureStorage } from "../../../shared/store/azure-storage.ts";
import type { BlobPath, Blobs } from "../../../shared/store/blobs.ts";
import { StorageCalls } from "../../../shared/store/storage-calls.ts";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { type StorageFaultAction, type StorageProxy, startStorageProxy } from "../../support/storage-proxy.ts";

const retries = { tryTimeoutInMs: 700, maxTries: 2, retryDelayInMs: 5 };
let azurite: RunningAzurite;
let sound: Blobs;

before(async () => {
  azurite = await startAzurite();
  const storage = openAzureStorage(azurite, systemClock);
  await storage.createMissing();
  sound = storage.blobs;
});
after(() => azurite.stop());

interface Shaky {
  readonly blobs: Blobs;
  readonly proxy: StorageProxy;
}

/** A group of tests with a proxy of its own: groups run side by side, since most of their time is waiting for time-outs. */
function group(name: string, addTests: (shaky: () => Shaky) => void): void {
  describe(name, { concurrency: 1 }, () => {
    let shaky: Shaky;
    before(async () => {
      const proxy = await startStorageProxy(azurite.blobEndpoint);
      const connectionString = azurite.connectionString.replace(azurite.blobEndpoint, proxy.endpoint);
      const { blob } = connectStorage({ connectionString });
      const blocks = { blockInBytes: 64 * 1024, blocksInFlight: 2 };
      shaky = {
        blobs: new AzureBlobs({ service: blob, calls: new StorageCalls(systemClock, retries), blocks }),
        proxy,
      };
    });
    after(() => shaky.proxy.stop());
    addTests(() => shaky);
  });
}

/** Storage has done it, but we are not told so. */
const afterTheWrite: StorageFaultAction[] = [
  { kind: "drop-reply" },
  { kind: "cut-reply" },
  { kind: "stall-reply" },
  { kind: "answer", status: 500, after: true },
];
/** Storage has not done it. */
const beforeTheWrite: StorageFaultAction[] = [{ kind: "reset" }, { kind: "stall" }, { kind: "answer", status: 503 }];
const tell = (action: StorageFaultAction) => [action.kind, "status" in action ? action.status : ""].join(" ").trim();

const somewhere = (): BlobPath => `state/${randomUUID()}`;
const first = Buffer.from("first version\n");
const content = Buffer.from("B writer-a 1\nI key 1\n");
const large = randomBytes(300_000);

/** One way of writing: sets the scene, writes, and says whether that was told to be done; `done` is what is there then. */
interface Writing {
  readonly name: string;
  readonly of: string;
  readonly prepare?: (path: BlobPath) => Promise<unknown>;
  readonly write: (blobs: Blobs, path: BlobPath) => Promise<boolean>;
  readonly undone: Buffer | undefined;
  readonly done: Buffer;
}

const writings: Writing[] = [
  {
    name: "create",
    of: "Put Blob",
    write: async (blobs, path) => (await blobs.create(path, content)) !== "different",
    undone: undefined,
    done: content,
  },
  {
    name: "replace",
    of: "Put Blob",
    prepare: (path) => sound.create(path, first),
    write: async (blobs, path) => {
      const etag = (await sound.head(path))?.etag ?? "";
      const next = await blobs.replace(path, content, etag);
      assert.equal(next, (await sound.head(path))?.etag);
      return next !== undefined;
    },
    undone: first,
    done: content,
  },
  {
    name: "createAppendable",
    of: "Put Append Blob",
    write: async (blobs, path) => {
      await blobs.createAppendable(path);
      return true;
    },
    undone: undefined,
    done: Buffer.alloc(0),
  },
  {
    name: "append",
    of: "Append Block",
    prepare: async (path) => {
      await sound.createAppendable(path);
      await sound.append(path, first, 0);
    },
    write: async (blobs, path) => {
      const end = await blobs.append(path, content, first.length);
      assert.equal(end, first.length + content.length);
      return true;
    },
    undone: first,
    done: Buffer.concat([first, content]),
  },
  ...["Put Block", "Put Block List"].map((of) => ({
    name: `a staged blob's ${of}`,
    of,
    write: (blobs: Blobs, path: BlobPath) => stage(blobs, path, large),
    undone: undefined,
    done: large,
  })),
  {
    name: "a small staged blob",
    of: "Put Blob",
    write: (blobs, path) => stage(blobs, path, content),
    undone: undefined,
    done: content,
  },
];

async function stage(blobs: Blobs, path: BlobPath, bytes: Buffer): Promise<boolean> {
  const writer = blobs.writer(path);
  for (let from = 0; from < bytes.length; from += 50_000) await writer.write(bytes.subarray(from, from + 50_000));
  return (await writer.commit()) !== "different";
}

describe("AzureBlobs under faults of the network and of storage", { concurrency: true }, () => {
  for (const { name, of, prepare, write, undone, done } of writings) {
    group(`${name} tells the truth`, (shaky) => {
      for (const action of [...afterTheWrite, ...beforeTheWrite]) {
        test(`when the first try meets: ${tell(action)}`, async () => {
          const path = somewhere();
          await prepare?.(path);
          shaky().proxy.plan({ of, path, action });
          assert.equal(await write(shaky().blobs, path), true);
          assert.deepEqual((await sound.read(path))?.bytes, done);
          assert.ok((shaky().proxy.counts.get(of) ?? 0) >= 2, "the fault has struck");
        });
      }

      for (const action of afterTheWrite.filter(() => of !== "Put Block")) {
        test(`when every try meets: ${tell(action)}, yet it was done`, async () => {
          const path = somewhere();
          await prepare?.(path);
          shaky().proxy.plan({ of, path, times: 99, action });
          assert.equal(await write(shaky().blobs, path), true);
          assert.deepEqual((await sound.read(path))?.bytes, done);
        });
      }

      for (const action of beforeTheWrite) {
        test(`when every try meets: ${tell(action)}, and it was not done`, async () => {
          const path = somewhere();
          await prepare?.(path);
          shaky().proxy.plan({ of, path, times: 99, action });
          await assert.rejects(
            write(shaky().blobs, path),
            (error) => error instanceof StorageFault && error.leavesOutcomeUnknown,
          );
          assert.deepEqual((await sound.read(path))?.bytes, undone);
        });
      }
    });
  }

  group("reading under faults", (shaky) => {
    const actions: StorageFaultAction[] = [...afterTheWrite, ...beforeTheWrite, { kind: "stall-body" }];
    for (const action of actions) {
      test(`read and stream give every byte once: ${tell(action)}`, async () => {
        const path = somewhere();
        await sound.create(path, large);
        shaky().proxy.plan({ of: "Get Blob", path, action });
        assert.ok((await shaky().blobs.read(path))?.bytes.equals(large));
        shaky().proxy.plan({ of: "Get Blob", path, action });
        const pieces: Buffer[] = [];
        for await (const piece of (await shaky().blobs.stream(path)) ?? []) pieces.push(piece);
        assert.ok(Buffer.concat(pieces).equals(large));
        assert.equal(shaky().proxy.counts.get("Get Blob"), 2);
      });

      test(`a listing is whole: ${tell(action)}`, async () => {
        const root = somewhere();
        for (const name of ["a", "b", "c"]) await sound.create(`${root}/${name}`, content);
        shaky().proxy.plan({ of: "List Blobs", action });
        const found: BlobPath[] = [];
        for await (const { path } of shaky().blobs.list(`${root}/`)) found.push(path);
        assert.deepEqual(found, [`${root}/a`, `${root}/b`, `${root}/c`]);
      });
    }

    test("a block that changed on its way is refused, and nothing is there", async () => {
      const path = somewhere();
      const { blobs, proxy } = shaky();
      proxy.plan({ of: "Put Block", nth: 2, action: { kind: "garble" } });
      const writer = blobs.writer(path);
      const written = writer.write(large).then(() => writer.commit());
      await assert.rejects(written, (error) => error instanceof StorageFault && error.status === 400);
      assert.equal(proxy.struck, 1);
      assert.equal(await sound.head(path), undefined);
    });

    test("a read that stalls at every try ends with a fault that says so", async () => {
      const path = somewhere();
      await sound.create(path, large);
      shaky().proxy.plan({ of: "Get Blob", path, times: 99, action: { kind: "stall-body" } });
      await assert.rejects(shaky().blobs.read(path), {
        name: "StorageFault",
        message: /could not be reached, or its reply/,
      });
    });

    test("a caller's signal ends a stalled read at once", async () => {
      const path = somewhere();
      await sound.create(path, large);
      shaky().proxy.plan({ of: "Get Blob", path, times: 99, action: { kind: "stall" } });
      const begun = performance.now();
      await assert.rejects(shaky().blobs.read(path, AbortSignal.timeout(50)), { name: "TimeoutError" });
      assert.ok(performance.now() - begun < 600);
    });
  });

  group("deleting and leases under faults", (shaky) => {
    for (const action of [...afterTheWrite, ...beforeTheWrite]) {
      test(`deletes: ${tell(action)}`, async () => {
        const path = somewhere();
        await sound.create(path, content);
        shaky().proxy.plan({ of: "Delete Blob", path, action });
        await shaky().blobs.remove(path);
        assert.equal(await sound.head(path), undefined);
      });

      test(`takes, renews and gives back a lease that it holds: ${tell(action)}`, async () => {
        const path = somewhere();
        await sound.create(path, Buffer.alloc(0));
        shaky().proxy.plan({ of: "Lease Blob", path, action });
        const lease = await shaky().blobs.lease(path, 15_000);
        assert.ok(lease !== undefined, "its own first try does not count as another holder");
        assert.equal(await sound.lease(path, 15_000), undefined);
        shaky().proxy.plan({ of: "Lease Blob", path, action });
        assert.equal(await lease.renew(), true);
        shaky().proxy.plan({ of: "Lease Blob", path, action });
        await lease.release();
        assert.notEqual(await sound.lease(path, 15_000), undefined);
      });
    }

    test("a lease whose renewals get no reply grows stale, and renew throws", async () => {
      const path = somewhere();
      const lease = await shaky().blobs.lease(path, 15_000);
      shaky().proxy.plan({ of: "Lease Blob", path, times: 99, action: { kind: "stall-reply" } });
      await assert.rejects(async () => lease?.renew(), StorageFault);
      assert.equal(lease?.isFresh(500), false);
      assert.equal(lease?.isFresh(60_000), true);
      await lease?.release();
    });
  });
});
