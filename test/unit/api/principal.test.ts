import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Asker, toAsker } from "../../../shared/api/principal.ts";

const oid = "0B6F2A4E-1111-4222-8333-944455556666";
const tid = "7c0de111-2222-4333-8444-055566667777";
const claim = {
  oid: "http://schemas.microsoft.com/identity/claims/objectidentifier",
  tid: "http://schemas.microsoft.com/identity/claims/tenantid",
  role: "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
};
const on = { WEBSITE_AUTH_ENABLED: "True", WEBSITE_SITE_NAME: "func-chat" };
const jane = [
  { typ: claim.oid, val: oid },
  { typ: claim.tid, val: tid },
  { typ: "name", val: "Jane Doe" },
];

function encode(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
}

function principal(claims: readonly object[], rest: object = {}): string {
  return encode({ auth_typ: "aad", name_typ: "name", role_typ: claim.role, claims, ...rest });
}

function twice(header: string): string {
  return `${header}, ${header}`;
}

function ask(header: string | undefined, environment: Readonly<Record<string, string>> = on): Asker {
  const headers = new Headers(header === undefined ? {} : { "x-ms-client-principal": header });
  return toAsker(environment, { headers, url: new URL("https://chat.example/api/v1/me") });
}

describe("who asks, with the platform's sign-in on", () => {
  const id = `entra:${oid.toLowerCase()}@${tid}`;

  test("is named by object id and tenant, and may what the role says", () => {
    const withRole = (role: string): Asker => ask(principal([...jane, { typ: claim.role, val: role }]));
    assert.deepEqual(withRole("Connector.Admin"), { id, name: "Jane Doe", role: "admin" });
    assert.deepEqual(withRole("Connector.Reader"), { id, name: "Jane Doe", role: "reader" });
  });

  test("is an admin with both roles, and known by a token's own claim names too", () => {
    const claims = [
      { typ: "oid", val: oid },
      { typ: "tid", val: tid },
      { typ: "roles", val: "Connector.Reader" },
      { typ: "roles", val: "Connector.Admin" },
    ];
    assert.deepEqual(ask(principal(claims)), { id, name: undefined, role: "admin" });
  });

  test("has no role where none of the claims of type role is one of ours", () => {
    const strange = [
      [],
      [{ typ: claim.role, val: "connector.admin" }],
      [{ typ: claim.role, val: "Connector.Admin " }],
      [{ typ: claim.role, val: "Connector.Admin,Connector.Reader" }],
      [{ typ: "groups", val: "Connector.Admin" }],
      [{ typ: "name", val: "Connector.Admin" }],
      [{ typ: "Roles", val: "Connector.Admin" }],
      [{ typ: "preferred_username", val: "Connector.Admin" }],
    ];
    for (const claims of strange) assert.equal(ask(principal([...jane, ...claims])), "without-role");
  });

  test("has no role by a claim that the header itself calls the role's type", () => {
    const claims = [...jane, { typ: "nickname", val: "Connector.Admin" }];
    assert.equal(ask(principal(claims, { role_typ: "nickname" })), "without-role");
  });

  const admin = [...jane, { typ: claim.role, val: "Connector.Admin" }];
  const odd: Readonly<Record<string, string | undefined>> = {
    "no header": undefined,
    "an empty one": "",
    "no base64": "jane@chat.example!",
    "base64 of no JSON": encode("admin"),
    "a list": encode([]),
    "no object": encode("null"),
    // Decoders stop at the padding, or read on over it.
    "a header that came twice": twice(principal(admin)),
    "a header that came twice, with two =": twice(principal(admin, { pad: "1" })),
    "a header that came twice, with one =": twice(principal(admin, { pad: "12" })),
    "another provider's": principal(admin, { auth_typ: "github" }),
    "no provider's": principal(admin, { auth_typ: undefined }),
    "no claims": encode({ auth_typ: "aad", role_typ: claim.role }),
    "claims that are an object": principal([], { claims: { [claim.role]: "Connector.Admin" } }),
    "roles in a list": principal([...jane, { typ: claim.role, val: ["Connector.Admin"] }]),
    "a claim without value": principal([...admin, { typ: "x" }]),
    "no object id": principal(admin.filter(({ typ }) => typ !== claim.oid)),
    "no tenant": principal(admin.filter(({ typ }) => typ !== claim.tid)),
    "two object ids": principal([...admin, { typ: "oid", val: tid }]),
    "an object id that is none": principal([{ typ: claim.oid, val: "jane" }, ...admin.slice(1)]),
  };
  for (const [what, header] of Object.entries(odd)) {
    test(`is nobody with ${what}`, () => assert.equal(ask(header), "nobody"));
  }

  test("is nobody when the header says who, and the platform does not say that sign-in is on", () => {
    for (const value of [undefined, "", "False", "false", "0", "1", "yes", "True "]) {
      const environment = {
        WEBSITE_SITE_NAME: "func-chat",
        ...(value === undefined ? {} : { WEBSITE_AUTH_ENABLED: value }),
      };
      assert.equal(ask(principal(admin), environment), "nobody", String(value));
    }
  });
});

describe("the switch for development", () => {
  const laptop = { PORTAL_DEVELOPMENT_ROLE: "admin", WEBSITE_HOSTNAME: "localhost:7071" };

  function from(
    url: string,
    environment: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ): Asker {
    return toAsker(environment, { url: new URL(url), headers: new Headers(headers) });
  }

  test("makes whoever calls over loopback what it says", () => {
    for (const host of ["localhost", "127.0.0.1:7071", "[::1]:7071"]) {
      assert.deepEqual(from(`http://${host}/api/v1/me`, laptop, { host }), {
        id: "development:admin",
        name: undefined,
        role: "admin",
      });
    }
    const reader = from("http://127.0.0.1/", { PORTAL_DEVELOPMENT_ROLE: "reader" });
    assert.deepEqual(reader, { id: "development:reader", name: undefined, role: "reader" });
  });

  test("does nothing for a call by another name, such as a page's whose name was made to lead here", () => {
    for (const url of [
      "http://evil.example/",
      "http://localhost.evil.example/",
      "http://127.0.0.1.evil.example/",
      "http://192.168.1.7/",
    ]) {
      assert.equal(from(url, laptop), "nobody", url);
    }
    assert.equal(from("http://localhost/", laptop, { host: "evil.example:7071" }), "nobody");
  });

  test("does nothing for a call that came through a tunnel or proxy", () => {
    const headers: readonly (readonly [string, string])[] = [
      ["x-forwarded-for", "198.51.100.7"],
      ["X-Forwarded-For", "198.51.100.7, 127.0.0.1"],
      ["x-forwarded-for", "127.0.0.1, 198.51.100.7"],
      ["x-forwarded-for", "::ffff:198.51.100.7"],
      ["x-forwarded-for", "localhost"],
      ["x-forwarded-for", ""],
      ["x-forwarded-host", "quiet-fox.tunnel.example"],
      ["x-forwarded-host", "localhost:7071, quiet-fox.tunnel.example"],
      ["x-forwarded-host", "localhost.tunnel.example"],
      ["x-forwarded-server", "127.0.0.1"],
      ["Forwarded", "for=127.0.0.1"],
      ["via", "1.1 tunnel"],
      ["x-real-ip", "127.0.0.1"],
      ["cf-connecting-ip", "198.51.100.7"],
    ];
    for (const [name, value] of headers) {
      const asker = from("http://localhost/", laptop, { host: "localhost:7071", [name]: value });
      assert.equal(asker, "nobody", `${name}: ${value}`);
    }
  });

  test("works behind what forwards on the same machine, such as the host's own way to the worker", () => {
    const headers: readonly Record<string, string>[] = [
      { "x-forwarded-for": "127.0.0.1", "x-forwarded-host": "localhost:7071", "x-forwarded-proto": "http" },
      { "x-forwarded-for": "::1", "x-forwarded-host": "[::1]:7071" },
      { "x-forwarded-for": "[::1]:50123, ::ffff:127.0.0.1, 127.0.0.1:50124", "x-forwarded-port": "7071" },
    ];
    for (const given of headers) {
      const asker = from("http://localhost:7071/", laptop, { host: "localhost:7071", ...given });
      assert.ok(typeof asker === "object" && asker.role === "admin", JSON.stringify(given));
    }
  });

  test("does nothing in Azure", () => {
    for (const name of [
      "WEBSITE_INSTANCE_ID",
      "WEBSITE_SITE_NAME",
      "WEBSITE_AUTH_ENABLED",
      "WEBSITE_OWNER_NAME",
      "IDENTITY_ENDPOINT",
    ]) {
      assert.equal(from("http://localhost/", { ...laptop, [name]: "False" }), "nobody", name);
    }
  });

  test("does nothing when it is not set, or to no role", () => {
    for (const role of [undefined, "", "Admin", "true", "Connector.Admin"]) {
      assert.equal(from("http://localhost/", role === undefined ? {} : { PORTAL_DEVELOPMENT_ROLE: role }), "nobody");
    }
  });

  test("does not win over the platform's sign-in", () => {
    const both = { PORTAL_DEVELOPMENT_ROLE: "admin", WEBSITE_AUTH_ENABLED: "true" };
    assert.equal(from("http://localhost/", both), "nobody");
  });
});
