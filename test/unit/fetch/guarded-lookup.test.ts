import assert from "node:assert/strict";
import { test } from "node:test";
import { guardedLookup, mayBeSite } from "../../../shared/fetch/guarded-lookup.ts";
import { fetchHostKeys } from "../../../shared/fetch/sftp-site.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";

test("the platform's own addresses are no site's, however they are spelt", () => {
  const addresses = [
    ...["169.254.169.254", "169.254.130.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254"],
    ...["168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::168.63.129.16", "fe80::1", "fe80::1%eth0", "febf::1"],
    ...["0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "no address"],
  ];
  assert.deepEqual(addresses.filter(mayBeSite), []);
});

test("a firm's own network and the internet may have sites", () => {
  const addresses = [
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.1",
    "63.247.1.1",
    "127.0.0.1",
    "::1",
    "fd00::5",
    "2001:db8::1",
  ];
  assert.deepEqual(addresses.filter(mayBeSite), addresses);
});

for (const host of ["169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "0x0", "2852039166"]) {
  test(`nothing is sent to ${host}, which is told as a host that cannot be reached`, async () => {
    const error = await fetchHostKeys({ host, port: 80 }, { connectInMs: 3000 }).catch((fault: unknown) => fault);
    assert.ok(error instanceof SiteError);
    assert.equal(error.reason, "unreachable");
  });
}

test("a name is looked up as ever", async () => {
  const found = await new Promise((resolve, reject) => {
    guardedLookup("localhost", { family: 4 }, (error, address) => (error === null ? resolve(address) : reject(error)));
  });
  assert.equal(found, "127.0.0.1");
});
