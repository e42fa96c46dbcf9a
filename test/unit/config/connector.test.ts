import assert from "node:assert/strict";
import { test } from "node:test";
import { connector } from "../../../shared/config/connector.ts";

const hostKey = `SHA256:${"A".repeat(43)}`;
const site = { host: "sftp.theice.com", user: "ACME01", hostKeys: [hostKey] };
const least = { v: 1, name: "acme-london", feed: "ACME01", site };

test("a connector needs its name, feed and site; the rest is as the native connector has it", () => {
  const { itemLimit, schedule, zone, encryption, format, site: whole } = connector.parse(least);
  assert.deepEqual(
    { itemLimit, schedule, zone, encryption, format, port: whole.port, folder: whole.folder, login: whole.login },
    {
      itemLimit: 200_000,
      schedule: "0 6 * * *",
      zone: "UTC",
      encryption: { type: "pgp", keys: [1], signers: [] },
      format: "detect",
      port: 22,
      folder: "/",
      login: "password",
    },
  );
});

const wrong: readonly (readonly [path: string, value: object])[] = [
  ["name", { name: "Acme London" }],
  ["feed", { feed: "../x" }],
  ["isPaused", { isPaused: "yes" }],
  ["site.host", { site: { ...site, host: "" } }],
  ["site.port", { site: { ...site, port: 70_000 } }],
  ["site.port", { site: { ...site, port: "22" } }],
  ["site.user", { site: { ...site, user: "" } }],
  ["site.hostKeys", { site: { ...site, hostKeys: [] } }],
  ["site.hostKeys.0", { site: { ...site, hostKeys: ["MD5:aa:bb"] } }],
  ["site.folder", { site: { ...site, folder: "" } }],
  ["site.include", { site: { ...site, include: "*.pgp" } }],
  ["site.login", { site: { ...site, login: "agent" } }],
  ["zone", { zone: "Mars/Olympus" }],
  ["schedule", { schedule: "daily" }],
  ["schedule", { schedule: "0 0 30 2 *" }],
  ["encryption.keys", { encryption: { type: "pgp", keys: [] } }],
  ["encryption.keys.0", { encryption: { type: "pgp", keys: [0] } }],
  ["format", { format: "excel" }],
  ["timestampZone", { timestampZone: "local" }],
  ["mapping.isAutomatic", { mapping: { isAutomatic: 1 } }],
  ["itemLimit", { itemLimit: -1 }],
  ["item.itemClass", { item: { itemClass: "" } }],
  ["item.recipientCap", { item: { recipientCap: 501 } }],
];

for (const [path, value] of wrong) {
  test(`a connector with a wrong ${path} is refused at that field, with an example: ${JSON.stringify(value)}`, () => {
    const issues = connector.safeParse({ ...least, ...value }).error?.issues ?? [];
    assert.deepEqual(
      issues.map((issue) => issue.path.join(".")),
      [path],
    );
    assert.match(issues[0]?.message ?? "", /e\.g\. \S+/);
  });
}

test("a field that is not known is refused by its name, at every level", () => {
  for (const [value, name] of [
    [{ limit: 1 }, "limit"],
    [{ site: { ...site, password: "secret" } }, "password"],
    [{ encryption: { type: "none", keys: [1] } }, "keys"],
  ] as const) {
    const [issue] = connector.safeParse({ ...least, ...value }).error?.issues ?? [];
    assert.equal(issue?.code, "unrecognized_keys");
    assert.match(issue.message, new RegExp(name));
  }
});

test("a connector is stored and read again as it is", () => {
  const whole = connector.parse({ ...least, fieldNames: { Text: "Words" }, timestampZone: "Europe/London" });
  assert.deepEqual(connector.parse(JSON.parse(JSON.stringify(whole))), whole);
});
