import assert from "node:assert/strict";
import { test } from "node:test";
import { VaultFault } from "../../../shared/secrets/vault-fault.ts";
import { toErrorFields } from "../../../shared/telemetry/error-fields.ts";

const value = "correct horse battery staple";

/** As the SDK's RestError: it holds the request, and the request of a `set` holds the value. */
function restError(fields: object): Error {
  return Object.assign(new Error(`Cannot store ${value}`), { request: { body: value }, ...fields });
}

for (const [what, fields] of [
  ["a code that is a sentence", { statusCode: 400, code: `Bad value ${value}` }],
  ["an inner code that is a sentence", { statusCode: 403, details: { error: { innerError: { code: value } } } }],
  ["a name that is a sentence", { name: value }],
] as const) {
  test(`a fault of the vault tells nothing of the value: ${what}`, () => {
    const fault = new VaultFault("store", "icechat-acme-sftp-password", "https://v.example", restError(fields));
    const told = `${fault.message} ${fault.stack} ${JSON.stringify(fault)} ${JSON.stringify(toErrorFields(fault))}`;
    assert.doesNotMatch(told, /horse|battery/);
    assert.match(fault.message, /icechat-acme-sftp-password/);
    assert.equal(fault.cause, undefined);
  });
}
