import assert from "node:assert/strict";
import { test } from "node:test";
import { AccessTokens } from "../../../shared/graph/access-token.ts";
import { toClaims } from "../../../shared/graph/authentication.ts";
import { RequestNotSent } from "../../../shared/graph/graph.ts";

const minuteInMs = 60_000;
const live = new AbortController().signal;

function setUp(lifeInMs: number) {
  let now = 0;
  let count = 0;
  let isAway = false;
  const source = {
    async getToken() {
      count += 1;
      if (isAway) throw new Error("Entra is away");
      return { token: `t${count}`, expiresOnTimestamp: now + lifeInMs };
    },
  };
  const clock = { now: () => now, sleep: async () => undefined };
  const tokens = new AccessTokens({ source, scope: "s", clock });
  return {
    tokens,
    pass: (ms: number) => {
      now += ms;
    },
    goAway: () => {
      isAway = true;
    },
  };
}

test("a token is kept until five minutes before its end", async () => {
  const { tokens, pass } = setUp(60 * minuteInMs);
  assert.equal(await tokens.current(live), "t1");
  pass(54 * minuteInMs);
  assert.equal(await tokens.current(live), "t1");
  pass(2 * minuteInMs);
  assert.equal(await tokens.current(live), "t2");
});

test("while Entra is away the old token serves to its end, and not beyond", async () => {
  const { tokens, pass, goAway } = setUp(60 * minuteInMs);
  await tokens.current(live);
  goAway();
  pass(57 * minuteInMs);
  assert.equal(await tokens.current(live), "t1");
  pass(3 * minuteInMs);
  await assert.rejects(tokens.current(live), RequestNotSent);
});

test("a refused token is renewed once for all that held it", async () => {
  const { tokens } = setUp(60 * minuteInMs);
  const refused = await tokens.current(live);
  assert.equal(await tokens.renewed(refused, undefined, live), "t2");
  assert.equal(await tokens.renewed(refused, undefined, live), "t2");
  assert.equal(await tokens.current(live), "t2");
});

test("one who gives up does not take the token from the others", async () => {
  const { promise, resolve } = Promise.withResolvers<{ token: string; expiresOnTimestamp: number }>();
  const clock = { now: () => 0, sleep: async () => undefined };
  const tokens = new AccessTokens({ source: { getToken: () => promise }, scope: "s", clock });
  const leaver = new AbortController();
  const left = tokens.current(leaver.signal);
  const stayed = tokens.current(live);
  leaver.abort();
  await assert.rejects(left, RequestNotSent);
  resolve({ token: "t", expiresOnTimestamp: 60 * minuteInMs });
  assert.equal(await stayed, "t");
});

test("the claims of a challenge are read, and their absence is told", () => {
  assert.equal(toClaims('Bearer realm="", claims="eyJhIjoxfQ=="'), '{"a":1}');
  assert.equal(toClaims("Bearer"), undefined);
  assert.equal(toClaims(null), undefined);
});
