import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StorageFault } from "../../../shared/store/storage-fault.ts";
import { toErrorFields } from "../../../shared/telemetry/error-fields.ts";

const words = "please sell everything before noon";

describe("what is logged of an error that is not ours", () => {
  const thrown = (): Error => {
    try {
      JSON.parse(`{"text": ${words}`);
      throw new Error("it parsed");
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const changedLater = (): Error => {
    const error = new Error(`failed\n    at ${words} (node:internal:1:1)`);
    assert.match(error.stack ?? "", /failed/);
    error.message = "other";
    return error;
  };
  const hostile: [string, unknown][] = [
    ["a parser's error that quotes the text", thrown()],
    ["a message of many lines", new Error(`failed\n    at ${words} (node:internal:1:1)\n${words}`)],
    ["a message that was changed after the stack was made", changedLater()],
    ["a name with words", Object.assign(new Error("x"), { name: words })],
    ["a code with words", Object.assign(new Error("x"), { code: words, reason: words })],
    ["a cause with words", new Error("x", { cause: new Error(words, { cause: words }) })],
    ["words thrown as they are", words],
    ["an object", { message: words }],
    ["an error with fields", Object.assign(new Error("x"), { input: words, status: words })],
    [
      "an empty message before a stack that is words",
      Object.assign(new Error(""), { stack: `Error\n    at ${words}` }),
    ],
  ];
  for (const [name, error] of hostile) {
    test(`holds none of it: ${name}`, () => {
      const told = JSON.stringify(toErrorFields(error));
      for (const word of words.split(" ")) assert.ok(!told.includes(word), told);
    });
  }

  test("name, code, reason, status, causes and frames are there", () => {
    const cause = Object.assign(new TypeError("x"), { code: "ECONNRESET" });
    const error = Object.assign(new Error("x", { cause }), {
      name: "SiteError",
      reason: "wrong-password",
      statusCode: 403,
    });
    const fields = toErrorFields(error);
    assert.equal(fields["error"], "SiteError(wrong-password, 403)");
    assert.equal(fields["errorCauses"], "TypeError(ECONNRESET)");
    assert.match(String(fields["errorStack"]), /^at .*error-fields\.test\.ts:\d+:\d+/);
    assert.equal(fields["errorMessage"], undefined);
  });
});

test("the message of an error of ours is logged", () => {
  const fault = new StorageFault(
    "read",
    "state/open/x",
    Object.assign(new Error(words), { statusCode: 403, code: "AuthorizationFailure" }),
  );
  const fields = toErrorFields(fault);
  assert.match(
    String(fields["errorMessage"]),
    /read state\/open\/x failed \(403 AuthorizationFailure\).*Storage Blob Data Contributor/,
  );
  assert.ok(!JSON.stringify(fields).includes("sell"));
});
