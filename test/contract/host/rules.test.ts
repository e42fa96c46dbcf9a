import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { parseBlobPath } from "../../../local/host/blob/blob-path.ts";
import { toConcurrency } from "../../../local/host/blob/blob-trigger.ts";
import { readLocalSettings, resolveConnection, resolveSettings } from "../../../local/host/config/app-settings.ts";
import { type HostJson, readHostJson } from "../../../local/host/config/host-json.ts";
import { parseTimeSpan } from "../../../local/host/config/time-span.ts";
import { parseRoute } from "../../../local/host/http/route.ts";
import { createBackOff } from "../../../local/host/queue/back-off.ts";
import { decodeMessage } from "../../../local/host/queue/message-text.ts";
import { toDelay } from "../../../local/host/timer/retry.ts";
import { parseSchedule } from "../../../local/host/timer/schedule.ts";
import { advanceSchedule, checkSchedule } from "../../../local/host/timer/schedule-status.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const at = (text: string): Date => new Date(`2026-11-${text}Z`);

async function readJson(document: unknown, settings: Record<string, string> = {}): Promise<HostJson> {
  const folder = await mkdtemp(join(tmpdir(), "host-json-"));
  try {
    await writeFile(join(folder, "host.json"), JSON.stringify(document));
    return await readHostJson(join(folder, "host.json"), settings);
  } finally {
    await rm(folder, { recursive: true });
  }
}

suite("host.json", () => {
  test("of this app is one the host takes, and protects against bursts of attempts", async () => {
    const { queues, hasStorageExtension, functionTimeoutInMs, http } = await readHostJson(join(root, "host.json"), {});
    assert.equal(hasStorageExtension, true);
    assert.equal(functionTimeoutInMs, 30 * 60_000);
    assert.equal(http.routePrefix, "");
    assert.equal(queues.batchSize, 4);
    assert.equal(queues.visibilityTimeout, 30_000);
    assert.equal(queues.maxDequeueCount, 5);
    assert.equal(queues.messageEncoding, "base64");
  });

  test("has the real host's defaults", async () => {
    const { queues, blobs, functionTimeoutInMs, hasStorageExtension } = await readJson({ version: "2.0" });
    const { batchSize, visibilityTimeout, maxDequeueCount, maxPollingInterval, messageEncoding } = queues;
    assert.deepEqual(
      [batchSize, visibilityTimeout, maxDequeueCount, maxPollingInterval, messageEncoding],
      [16, 0, 5, 60_000, "base64"],
    );
    assert.equal(blobs.poisonBlobThreshold, 5);
    assert.equal(functionTimeoutInMs, 1_800_000);
    assert.equal(hasStorageExtension, false);
  });

  test("gives way to app settings of the host's prefix", async () => {
    const settings = {
      AzureFunctionsJobHost__extensions__queues__batchSize: "9",
      AzureFunctionsJobHost__functionTimeout: "-1",
    };
    const { queues, functionTimeoutInMs } = await readJson({ version: "2.0" }, settings);
    assert.equal(queues.batchSize, 9);
    assert.equal(functionTimeoutInMs, undefined);
  });

  test("is refused with a batch above 32, an unknown version or a time that is none", async () => {
    const queues = (options: object): object => ({ version: "2.0", extensions: { queues: options } });
    await assert.rejects(readJson(queues({ batchSize: 33 })), /batchSize/);
    await assert.rejects(readJson(queues({ visibilityTimeout: "30" })), /'30' is not a time span/);
    await assert.rejects(readJson({ version: "1.0" }), /version/);
    const bundle = { id: "Microsoft.Azure.Functions.ExtensionBundle" };
    await assert.rejects(
      readJson({ version: "2.0", extensionBundle: bundle }),
      /The value of version property in extensionBundle section/,
    );
  });
});

suite("settings", () => {
  test("of the sample are complete and hold no secret", async () => {
    const sample = await readLocalSettings(join(root, "local.settings.sample.json"));
    assert.equal(sample.FUNCTIONS_WORKER_RUNTIME, "node");
    assert.equal(sample.AzureWebJobsStorage, "UseDevelopmentStorage=true");
  });

  test("fill %NAME% and fail for one that is missing", () => {
    assert.equal(resolveSettings("%A%-x-%B%", { A: "1", B: "2" }), "1-x-2");
    assert.throws(() => resolveSettings("%C%", { A: "1" }), { message: "'%C%' does not resolve to a value." });
  });

  test("name a connection with or without the host's prefix", () => {
    assert.equal(resolveConnection("Storage", { AzureWebJobsStorage: "a", Storage: "b" }), "a");
    assert.equal(resolveConnection("AzureWebJobsStorage", { AzureWebJobsStorage: "a" }), "a");
    assert.throws(() => resolveConnection("Other", {}), /'Other' does not exist/);
  });
});

test("time spans are days, hours, minutes, seconds and fractions", () => {
  const spans = ["00:00:30", "1.00:00:00", "00:00:00.5", "01:30", "24:00:00", "30", ""];
  assert.deepEqual(spans.map(parseTimeSpan), [30_000, 86_400_000, 500, 5_400_000, undefined, undefined, undefined]);
});

suite("schedules", () => {
  test("have six fields, seconds first, in UTC", () => {
    assert.deepEqual(parseSchedule("30 15 6 * * *").nextAfter(at("22T00:00:00")), at("22T06:15:30"));
    assert.deepEqual(parseSchedule("0 */5 * * * *").nextAfter(at("22T00:05:00")), at("22T00:10:00"));
    assert.deepEqual(parseSchedule("0 0 6 * * Mon-Fri").nextAfter(at("21T00:00:00")), at("23T06:00:00"));
  });

  test("want both the day of month and the day of week, unlike Unix cron", () => {
    assert.deepEqual(parseSchedule("0 0 0 13 * 5").nextAfter(at("01T00:00:00")), at("13T00:00:00"));
    assert.deepEqual(parseSchedule("0 0 0 30 * 5").nextAfter(at("01T00:00:00")), new Date("2027-04-30T00:00:00Z"));
  });

  test("are refused as time spans, nicknames or with marks the real host does not know", () => {
    for (const text of [
      "00:05:00",
      "@daily",
      "0 0 0 L * *",
      "0 0 0 1, * *",
      "0 0 0 ? * *",
      "* * *",
      "0 60 * * * *",
      "1 2 3 4 5 6 7",
    ]) {
      assert.throws(() => parseSchedule(text), /was not recognized as a valid cron expression/, text);
    }
  });

  test("are recorded when their occurrences are a minute or more apart", () => {
    const spans = ["0 * * * * *", "30 0 6 * * *", "*/30 * * * * *", "0,30 0 6 * * *"];
    assert.deepEqual(
      spans.map((text) => parseSchedule(text).isAtLeastAMinuteApart),
      [true, true, false, false],
    );
  });

  const hourly = parseSchedule("0 0 * * * *");

  test("that missed an occurrence are past due; after a change of schedule they are not", () => {
    const recorded = { last: at("22T03:00:00"), next: at("22T04:00:00"), lastUpdated: at("22T03:00:00") };
    assert.equal(checkSchedule(recorded, hourly, at("22T03:30:00")).isPastDue, false);
    assert.equal(checkSchedule(recorded, hourly, at("22T04:30:00")).isPastDue, true);
    const daily = checkSchedule(recorded, parseSchedule("0 0 12 * * *"), at("22T13:00:00"));
    assert.equal(daily.isPastDue, false);
    assert.deepEqual(daily.status.next, at("23T12:00:00"));
    assert.equal(checkSchedule(undefined, hourly, at("22T04:30:00")).isPastDue, false);
  });

  test("do not repeat an occurrence whose timer fired a moment early", () => {
    const status = { last: undefined, next: at("22T04:00:00"), lastUpdated: at("22T03:00:00") };
    assert.deepEqual(advanceSchedule(status, hourly, at("22T03:59:59.900"), true).next, at("22T05:00:00"));
    assert.deepEqual(advanceSchedule(status, hourly, at("22T03:10:00"), false).next, at("22T04:00:00"));
  });
});

test("retries wait fixed times or doubling ones up to a maximum", () => {
  const [minimumInterval, maximumInterval] = [{ seconds: 2 }, { seconds: 10 }];
  const growing = { retryStrategy: "exponentialBackoff", maxRetryCount: 9, minimumInterval, maximumInterval } as const;
  assert.deepEqual(
    [1, 2, 3, 4].map((count) => toDelay(growing, count)),
    [2_000, 4_000, 8_000, 10_000],
  );
  const fixed = { retryStrategy: "fixedDelay", maxRetryCount: 9, delayInterval: { seconds: 3 } } as const;
  assert.deepEqual(
    [1, 2].map((count) => toDelay(fixed, count)),
    [3_000, 3_000],
  );
});

suite("blob paths", () => {
  const path = parseBlobPath("released/{drop}/{gen}/{file}.json");

  test("give the values of their tokens, as texts, for names that fit whole", () => {
    assert.deepEqual(path.match("feed-1/2/chats.json"), { drop: "feed-1", gen: "2", file: "chats" });
    assert.equal(path.match("feed-1/chats.json"), undefined);
    assert.equal(path.match("feed-1/2/chats.json.tmp"), undefined);
    assert.equal(path.match("feed-1/2/chatsXjson"), undefined);
    assert.deepEqual(parseBlobPath("abc/in/{a}/{b}").match("in/1/2/3"), { a: "1/2", b: "3" });
  });

  test("narrow the listing to what stands before the first token", () => {
    assert.deepEqual([path.container, path.prefix], ["released", ""]);
    assert.equal(parseBlobPath("abc/in/day-{a}").prefix, "in/day-");
  });

  test("are refused without a container or a blob", () => {
    for (const text of ["released", "/x", "released/", "UPPER/x"]) assert.throws(() => parseBlobPath(text), /Invalid/);
  });
});

test("routes match segments, optional ones and a rest, and are refused where the host has its own", () => {
  const route = parseRoute("drops/{drop}/{gen?}", "api");
  assert.deepEqual(route.match("api/drops/a%2Fb/1"), { drop: "a/b", gen: "1" });
  assert.deepEqual(route.match("API/Drops/x/"), { drop: "x" });
  assert.equal(route.match("api/drops"), undefined);
  assert.equal(route.match("api/drops/a/b/c"), undefined);
  assert.deepEqual(parseRoute("{*path}", "").match("a/b.js"), { path: "a/b.js" });
  for (const reserved of ["admin", "Admin/x", "runtime/webhooks"]) {
    assert.throws(() => parseRoute(reserved, "api"), /conflicts with one or more built in routes/);
  }
  assert.equal(parseRoute("administrators", "api").template, "api/administrators");
});

test("polling of an empty queue slows down to the maximum and is quick again after a find", () => {
  const next = createBackOff({ minimumInMs: 100, maximumInMs: 1_000, random: () => 0.5 });
  const waits = [true, false, false, false, false, false, true, false].map(next);
  assert.deepEqual(waits, [100, 200, 300, 500, 900, 1_000, 100, 200]);
});

test("texts that are not base64 are told from those that are", () => {
  assert.equal(decodeMessage("aGk=", "base64"), "hi");
  for (const raw of ['{"v":1}', "aGk", "a===", "aG k="]) assert.equal(decodeMessage(raw, "base64"), undefined, raw);
  assert.equal(decodeMessage('{"v":1}', "none"), '{"v":1}');
});

test("blobs run in parallel as many as host.json says, never more", () => {
  const split = [100, 64, 63, 62, 16, 3, 2, 1]
    .map(toConcurrency)
    .map(({ batchSize, newBatchThreshold }) => [batchSize, newBatchThreshold]);
  assert.deepEqual(split, [
    [32, 68],
    [32, 32],
    [32, 31],
    [32, 30],
    [9, 7],
    [2, 1],
    [2, 0],
    [1, 0],
  ]);
});
