import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { whyNoBicep } from "./compiler.ts";
import { environments } from "./environments.ts";
import type { Prediction } from "./prediction.ts";

const asksForKeys = /\blist\w*\(/i;
const looksSecret = /AccountKey=|SharedAccessSignature|sig=|-----BEGIN|password|\bsecret\b(?!s?[-/.])/i;

describe("secrets", { skip: whyNoBicep }, () => {
  let all: Prediction[];
  let events: Prediction[];
  before(async () => {
    all = await Promise.all([
      environments.dev(),
      environments.prod(),
      environments.longNamed(),
      environments.subscription(),
    ]);
    events = await Promise.all([environments.eventsOfDev(), environments.eventsOfProd()]);
  });

  test("are asked for in one place only: the key in the address that Event Grid calls", () => {
    for (const one of all)
      assert.deepEqual(
        one.resources.filter((each) => asksForKeys.test(JSON.stringify(each))),
        [],
      );
    for (const one of events) {
      const asking = one.resources.filter((each) => asksForKeys.test(JSON.stringify(each)));
      assert.deepEqual(
        asking.map(({ type }) => type),
        ["Microsoft.EventGrid/systemTopics/eventSubscriptions"],
      );
    }
  });

  test("are in no output and in no app setting", () => {
    for (const one of [...all, ...events]) {
      for (const [name, value] of Object.entries(one.outputs)) {
        assert.equal(
          asksForKeys.test(JSON.stringify(value)) || looksSecret.test(`${name}=${JSON.stringify(value)}`),
          false,
          name,
        );
      }
    }
    for (const one of all) {
      const settings = one.one("Microsoft.Web/sites/config", "/appsettings").properties ?? {};
      for (const [name, value] of Object.entries(settings)) {
        assert.equal(asksForKeys.test(String(value)) || looksSecret.test(String(value)), false, name);
      }
    }
  });

  test("outputs tell what the next steps need, and nothing else", () => {
    const [, prod] = all;
    assert.deepEqual(Object.keys(prod?.outputs ?? {}).toSorted(), [
      "functionAppName",
      "identityClientId",
      "identityPrincipalId",
      "outboundIp",
      "portalUrl",
      "storageAccountName",
      "vaultName",
      "workbookId",
    ]);
  });
});
