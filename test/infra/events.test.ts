import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { z } from "zod";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";
import { listRegistered } from "./registered.ts";

const subscription = z.object({
  destination: z.object({
    endpointType: z.literal("WebHook"),
    properties: z.object({ endpointUrl: z.string(), minimumTlsVersionAllowed: z.literal("1.2") }),
  }),
  filter: z.object({
    includedEventTypes: z.array(z.string()),
    subjectBeginsWith: z.string(),
    subjectEndsWith: z.string(),
    advancedFilters: z.array(z.object({ operatorType: z.string(), key: z.string(), values: z.array(z.string()) })),
  }),
});

describe("the deployment of blob events", { skip: whyNoBicep }, () => {
  let events: Prediction;
  let main: Prediction;
  before(async () => {
    [events, main] = await Promise.all([environments.eventsOfProd(), environments.prod()]);
  });

  test("subscribes each function that blob events start, and no other", () => {
    const started = listRegistered().filter(
      ({ kind, options }) => kind === "storageBlob" && options["source"] === "EventGrid",
    );
    const made = events
      .all("Microsoft.EventGrid/systemTopics/eventSubscriptions")
      .map(({ properties }) => subscription.parse(properties));
    assert.deepEqual(
      made.map(
        ({ destination }) =>
          /functionName=Host\.Functions\.\{1\}&code=\{2\}', .*\.defaultHostName, '(\w+)', listKeys\(/.exec(
            destination.properties.endpointUrl,
          )?.[1],
      ),
      started.map(({ name }) => name),
    );
    const paths = started.map(({ options }) => String(options["path"]));
    for (const [i, { filter }] of made.entries()) {
      const [container, ...rest] = paths[i]?.split("/") ?? [];
      assert.equal(filter.subjectBeginsWith, `/blobServices/default/containers/${container}/`);
      assert.ok(rest.at(-1)?.endsWith(filter.subjectEndsWith));
    }
  });

  test("hears of blobs that are whole, by whichever call", () => {
    const { filter } = subscription.parse(events.one("Microsoft.EventGrid/systemTopics/eventSubscriptions").properties);
    assert.deepEqual(filter.includedEventTypes, ["Microsoft.Storage.BlobCreated"]);
    assert.deepEqual(filter.advancedFilters, [
      { operatorType: "StringIn", key: "data.api", values: ["PutBlob", "PutBlockList", "CopyBlob"] },
    ]);
  });

  test("calls the webhook that sign-in leaves open, of the app and storage of the first deployment", () => {
    const { destination } = subscription.parse(
      events.one("Microsoft.EventGrid/systemTopics/eventSubscriptions").properties,
    );
    assert.match(destination.properties.endpointUrl, /^\[format\('https:\/\/\{0\}\/runtime\/webhooks\/blobs\?/);
    assert.ok(destination.properties.endpointUrl.includes(`reference('${main.one("Microsoft.Web/sites").id}'`));
    const topic = events.one("Microsoft.EventGrid/systemTopics");
    assert.equal(topic.properties?.["source"], main.one("Microsoft.Storage/storageAccounts").id);
  });

  test("tells when events are given up", () => {
    const alert = events.one("Microsoft.Insights/metricAlerts");
    assert.deepEqual(alert.properties?.["scopes"], [events.one("Microsoft.EventGrid/systemTopics").id]);
    const { actions } = z.object({ actions: z.array(z.object({ actionGroupId: z.string() })) }).parse(alert.properties);
    assert.deepEqual(actions, [{ actionGroupId: main.one("Microsoft.Insights/actionGroups").id }]);
  });
});
