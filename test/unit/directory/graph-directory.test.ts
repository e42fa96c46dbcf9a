import assert from "node:assert/strict";
import { test } from "node:test";
import { mailboxAddress } from "../../../shared/chat/identifiers.ts";
import { DirectoryFault } from "../../../shared/directory/directory-fault.ts";
import { GraphDirectory } from "../../../shared/directory/graph-directory.ts";
import type { Graph, GraphReply } from "../../../shared/graph/graph.ts";
import { FakeClock } from "../../support/fake-clock.ts";

type Answer = Pick<GraphReply, "status"> & Partial<Pick<GraphReply, "body" | "text">>;

const id = "00000000-0000-4000-8000-000000000001";
const jane = { id: id.toUpperCase(), mail: null, userPrincipalName: "jane@bank.example", displayName: null };
const unknownName = refusal(404, "Request_ResourceNotFound");
const nobody = { status: 200, body: { value: [] } };

function refusal(status: number, code: string): Answer {
  return { status, body: { error: { code, message: "Jane" } } };
}

/** A Graph that gives these answers in turn, the last of them for ever. */
function directoryThatGets(...answers: Answer[]) {
  const paths: string[] = [];
  const graph: Graph = {
    async request({ path }) {
      const answer = answers[Math.min(paths.length, answers.length - 1)];
      paths.push(path);
      return { headers: new Headers(), body: undefined, requestId: "r", receivedAt: 0, ...(answer ?? { status: 500 }) };
    },
  };
  const clock = new FakeClock({ turnsItself: true });
  const directory = new GraphDirectory({ graph, clock, random: () => 0, attempts: 2 });
  return { paths, find: (text = "jane@bank.example") => directory.find(mailboxAddress.parse(text)) };
}

for (const [what, answers, reason] of [
  ["throttling", [{ status: 429 }], "throttled"],
  ["a 503", [{ status: 503 }], "unavailable"],
  ["a 504 at the second question", [unknownName, { status: 504 }], "unavailable"],
  ["a refused token", [refusal(401, "InvalidAuthenticationToken")], "not-permitted"],
  ["a missing permission", [refusal(403, "Authorization_RequestDenied")], "not-permitted"],
  ["a gateway's 404 page", [{ status: 404, text: "<html>" }, nobody], "unexpected-answer"],
  ["a 404 of an unknown kind", [refusal(404, "TenantNotFound"), nobody], "unexpected-answer"],
  ["a redirect", [{ status: 302 }], "unexpected-answer"],
  ["a filter of ours that Graph refuses", [unknownName, refusal(400, "Request_UnsupportedQuery")], "unexpected-answer"],
  ["a 503 for the mailbox", [{ status: 200, body: jane }, { status: 503 }], "unavailable"],
  [
    "another refusal of the mailbox",
    [{ status: 200, body: jane }, refusal(403, "ErrorAccessNotAllowed")],
    "not-permitted",
  ],
] as const) {
  test(`${what} is a fault of the directory and leaves nobody unmapped`, async () => {
    await assert.rejects(directoryThatGets(...answers).find(), (error) => {
      assert.ok(error instanceof DirectoryFault);
      assert.equal(error.reason, reason);
      assert.doesNotMatch(error.message, /jane/i);
      return true;
    });
  });
}

for (const code of [
  "MailboxNotEnabledForRESTAPI",
  "MailboxNotSupportedForRESTAPI",
  "ErrorInvalidUser",
  "ResourceNotFound",
  "Request_ResourceNotFound",
]) {
  test(`${code} says that the user has no mailbox`, async () => {
    const answer = await directoryThatGets({ status: 200, body: jane }, refusal(404, code)).find();
    assert.deepEqual(typeof answer === "object" && answer.mailbox, { state: "none" });
  });
}

test("a user without mail address and name is known by user principal name", async () => {
  const answer = await directoryThatGets({ status: 200, body: jane }, { status: 200, body: { id: "root" } }).find();
  assert.deepEqual(typeof answer === "object" && answer.user, {
    oid: id,
    address: "jane@bank.example",
    displayName: "jane@bank.example",
  });
});

test("an empty page with a next one is not the end of a search", async () => {
  const next = "https://graph.microsoft.com/v1.0/users?$skiptoken=x";
  const { find, paths } = directoryThatGets(
    unknownName,
    { status: 200, body: { value: [], "@odata.nextLink": next } },
    { status: 200, body: { value: [jane] } },
    { status: 200, body: { id: "root" } },
  );
  assert.equal(typeof (await find()), "object");
  assert.equal(paths[2], next);
});

test("an address that Graph cannot even read is nobody's, so that one odd address does not hold a drop up", async () => {
  const { find } = directoryThatGets(refusal(400, "Request_BadRequest"));
  assert.equal(await find("j\u0001(x)@bank.example"), "unknown");
});

test("an address that is nobody's is looked for in all four ways", async () => {
  const { find, paths } = directoryThatGets(unknownName, nobody);
  assert.equal(await find(), "unknown");
  assert.deepEqual(paths, ["/users/jane%40bank.example", "/users", "/users", "/users"]);
});
