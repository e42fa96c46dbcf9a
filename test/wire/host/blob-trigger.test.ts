import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Bench, countMessages, type HostUnderTest, openBench, type Ran, until } from "./host-under-test.ts";

suite("blob triggers", () => {
  let bench: Bench;
  before(async () => {
    bench = await openBench();
    await bench.container("parcels").create();
  });
  after(() => bench.release());

  async function put(name: string, parcel: object): Promise<void> {
    const text = JSON.stringify(parcel);
    await bench.container("parcels").getBlockBlobClient(name).upload(text, text.length);
  }

  function runsOf(apps: readonly HostUnderTest[], note: string): Ran[] {
    const all = apps.flatMap((app) => app.runs("openParcel"));
    return all.filter(({ input }) => typeof input === "object" && input.note === note);
  }

  test("runs once for each version of a blob, with two hosts and over a restart", async (t) => {
    const first = await Promise.all([bench.start(t), bench.start(t)]);
    await put("once/1/a.json", { note: "first version" });
    await until("the first version has run", () => runsOf(first, "first version").length > 0);
    await put("once/1/a.json", { note: "second version" });
    await until("the second version has run", () => runsOf(first, "second version").length > 0);
    await Promise.all(first.map(({ host }) => host.stop()));

    await put("once/1/b.json", { note: "while away" });
    const second = await bench.start(t);
    await until("the blob that came meanwhile has run", () => runsOf([second], "while away").length > 0);
    await delay(1_000);
    const counts = ["first version", "second version", "while away"].map(
      (note) => runsOf([...first, second], note).length,
    );
    assert.deepEqual(counts, [1, 1, 1]);
  });

  test("gives the path's tokens as metadata, numbers where they look like numbers", async (t) => {
    const app = await bench.start(t);
    await put("feed-20261122-1/20261122/chats.json", { note: "tokens" });
    await until("it has run", () => runsOf([app], "tokens").length === 1);
    const { blobTrigger, drop, gen, file } = runsOf([app], "tokens")[0]?.metadata ?? {};
    assert.deepEqual(
      [blobTrigger, drop, gen, file],
      ["parcels/feed-20261122-1/20261122/chats.json", "feed-20261122-1", 20261122, "chats"],
    );
  });

  test("leaves blobs alone whose path does not fit", async (t) => {
    const app = await bench.start(t);
    await put("lost/1/note.txt", { note: "other name" });
    await put("found/1/note.json", { note: "fits" });
    await until("the fitting one has run", () => runsOf([app], "fits").length === 1);
    assert.equal(runsOf([app], "other name").length, 0);
  });

  test("tries a failing blob again at once and poisons it after its threshold", async (t) => {
    const app = await bench.start(t);
    await put("bad/1/a.json", { note: "bad parcel", fail: true });
    const poison = bench.queue("webjobs-blobtrigger-poison");
    await until("it is poison", async () => (await countMessages(poison)) === 1);
    assert.equal(runsOf([app], "bad parcel").length, 2);
    const [kept] = (await poison.receiveMessages()).receivedMessageItems;
    const event = JSON.parse(Buffer.from(kept?.messageText ?? "", "base64").toString("utf8"));
    assert.deepEqual(
      [event.Type, event.FunctionId, event.ContainerName, event.BlobName],
      ["BlobTrigger", "Host.Functions.openParcel", "parcels", "bad/1/a.json"],
    );
  });

  test("runs a blob again whose host was killed in the middle", async (t) => {
    const tuning = { messageLeaseInMs: 2_000 };
    const first = await bench.start(t, { tuning });
    await put("cut/1/a.json", { note: "cut short", sleepInMs: 700 });
    await until("it runs", () => runsOf([first], "cut short").length === 1);
    await first.host.kill();
    const second = await bench.start(t, { tuning });
    await until("it runs again", () => runsOf([second], "cut short").length === 1);
  });
});
