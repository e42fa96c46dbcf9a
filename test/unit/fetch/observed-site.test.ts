import assert from "node:assert/strict";
import { test } from "node:test";
import { toObservedSite } from "../../../shared/fetch/observed-site.ts";
import type { Site } from "../../../shared/fetch/site.ts";
import type { DependencyCall } from "../../../shared/telemetry/dependency-tally.ts";

async function* bytes(isCut: boolean): AsyncGenerator<Buffer> {
  yield Buffer.from("one");
  if (isCut) throw new Error("gone");
  yield Buffer.from("two");
}

function siteOf(isCut: boolean): Site {
  return {
    list: async () => ({ files: [], unusable: 0 }),
    stat: () => Promise.reject(new Error("gone")),
    read: () => bytes(isCut),
    end: async () => undefined,
  };
}

async function taken(source: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const piece of source) text += piece.toString();
  return text;
}

test("each request to a site is told of with what it came to, a file's bytes as one", async () => {
  const calls: DependencyCall[] = [];
  const observe = (call: DependencyCall) => calls.push(call);
  const [whole, cut] = [toObservedSite(siteOf(false), observe), toObservedSite(siteOf(true), observe)];
  await whole.list("/");
  await assert.rejects(whole.stat("/a"), /gone/);
  assert.equal(await taken(whole.read("/a", 6)), "onetwo");
  await assert.rejects(taken(cut.read("/a", 6)), /gone/);
  await whole.end();
  assert.deepEqual(
    calls.map(({ dependency, operation, outcome }) => `${dependency} ${operation} ${outcome}`),
    ["site list ok", "site stat failed", "site read ok", "site read failed"],
  );
});
