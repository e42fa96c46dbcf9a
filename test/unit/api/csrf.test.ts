import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refuseForeign } from "../../../shared/api/csrf.ts";
import { ApiProblem } from "../../../shared/api/problem.ts";
import { toAsk } from "./ask.ts";

const own = { "x-icechat": "1" };
const changes = ["POST", "PUT", "PATCH", "DELETE"];

function isRefused(method: string, headers: Readonly<Record<string, string>>): boolean {
  try {
    refuseForeign(toAsk(`${method} /api/v1/drops`, headers));
    return false;
  } catch (error) {
    assert.ok(error instanceof ApiProblem && error.problem === "foreign-origin");
    return true;
  }
}

describe("a change", () => {
  const taken: readonly Readonly<Record<string, string>>[] = [
    { ...own, "sec-fetch-site": "same-origin", origin: "https://chat.example" },
    { ...own, "sec-fetch-site": "same-origin" },
    { ...own, origin: "https://chat.example" },
    own,
  ];
  for (const headers of taken) {
    test(`is taken with ${JSON.stringify(headers)}`, () => {
      for (const method of changes) assert.equal(isRefused(method, headers), false, method);
    });
  }

  const foreign: readonly Readonly<Record<string, string>>[] = [
    {},
    { "sec-fetch-site": "same-origin", origin: "https://chat.example" },
    { "x-icechat": "" },
    { "x-icechat": "1, 1" },
    { "x-icechat": "0", "sec-fetch-site": "same-origin" },
    { ...own, "sec-fetch-site": "cross-site" },
    { ...own, "sec-fetch-site": "same-site", origin: "https://other.example" },
    { ...own, "sec-fetch-site": "none" },
    { ...own, "sec-fetch-site": "cross-site", origin: "https://chat.example" },
    { ...own, origin: "null" },
    { ...own, origin: "http://chat.example" },
    { ...own, origin: "https://chat.example.evil.example" },
    { ...own, origin: "https://chat.example:8443" },
  ];
  for (const headers of foreign) {
    test(`is refused with ${JSON.stringify(headers)}`, () => {
      for (const method of changes) assert.equal(isRefused(method, headers), true, method);
    });
  }
});

test("a change is the page's own where the front end ends TLS", () => {
  const ask = toAsk("POST /api/v1/drops", { ...own, origin: "https://chat.example" });
  refuseForeign({ ...ask, url: new URL("http://chat.example/api/v1/drops") });
});

test("reading is not asked for any of it: no other site can see the answer", () => {
  for (const method of ["GET", "HEAD", "OPTIONS"])
    assert.equal(isRefused(method, { origin: "https://evil.example" }), false);
});
