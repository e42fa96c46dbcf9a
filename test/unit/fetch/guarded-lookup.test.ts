import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { anywhereButThePlatform, toGuardedLookup, toMayBeSite } from "../../../shared/fetch/guarded-lookup.ts";
import { connectSftpSite, fetchHostKeys } from "../../../shared/fetch/sftp-site.ts";
import { SiteError } from "../../../shared/fetch/site-error.ts";

const inAzure = toMayBeSite({ toOwnMachine: false, except: ["172.16.0.5", "fd00::9", "localhost"] });

test("the platform's own addresses are no site's, however they are spelt", () => {
  const addresses = [
    ...["169.254.169.254", "169.254.130.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::169.254.169.254"],
    ...["168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::168.63.129.16", "fe80::1", "fe80::1%eth0", "febf::1"],
    ...["0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "no address"],
  ];
  assert.deepEqual(addresses.filter(anywhereButThePlatform), []);
  assert.deepEqual(addresses.filter(inAzure), []);
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
  assert.deepEqual(addresses.filter(anywhereButThePlatform), addresses);
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
    const look = toGuardedLookup(anywhereButThePlatform);
    look("localhost", { family: 4 }, (error, address) => (error === null ? resolve(address) : reject(error)));
  });
  assert.equal(found, "127.0.0.1");
});

test("in Azure the machine itself is no site's, nor is where the identity's endpoint is, however they are spelt", () => {
  const addresses = [
    ...["127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f01:203", "::127.0.0.1"],
    ...["64:ff9b::127.0.0.1", "172.16.0.5", "::ffff:172.16.0.5", "fd00::9", "localhost"],
  ];
  assert.deepEqual(addresses.filter(inAzure), []);
  const sites = ["10.1.2.3", "172.16.0.6", "192.168.1.1", "128.0.0.1", "63.247.1.1", "fd00::5", "2001:db8::1"];
  assert.deepEqual(sites.filter(inAzure), sites);
});

for (const host of ["127.0.0.1", "localhost", "127.1", "::ffff:127.0.0.1", "2130706433"]) {
  test(`in Azure nothing on the machine itself is connected to as ${host}, by a fetch or a look at its host keys`, async () => {
    const server = createServer((socket) => socket.destroy());
    let calls = 0;
    server.on("connection", () => calls++);
    server.listen(0);
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const { port } = address;
    try {
      const ways = [
        (mayBeSite = inAzure) => fetchHostKeys({ host, port }, { mayBeSite, connectInMs: 3000 }),
        (mayBeSite = inAzure) =>
          connectSftpSite({ host, port, hostKeys: [] }, { user: "u", password: "p" }, { mayBeSite, connectInMs: 3000 }),
      ];
      for (const connect of ways) {
        await assert.rejects(connect(), (error) => error instanceof SiteError && error.reason === "unreachable");
        assert.equal(calls, 0);
      }
      for (const connect of ways) await assert.rejects(connect(anywhereButThePlatform));
      assert.equal(calls, ways.length, "on a laptop it is");
    } finally {
      server.close();
    }
  });
}
