import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { toChatDay } from "../../../shared/chat/identifiers.ts";
import type { CreateOutcome } from "../../../shared/import/mailbox.ts";
import { importKeyProperty } from "../../../shared/import/message-ids.ts";
import { given, itemOf } from "../../contract/import/mailbox-contract.ts";
import { startGraphWorld, userOf } from "../../support/graph-world.ts";
import { keyOf, sentAt } from "../../support/import-world.ts";

const world = await startGraphWorld(60);
after(() => world.close());
let users = 0;

/** A mailbox with its folder, and one creation in it under a fault. */
async function createUnder(action: FaultRule["action"], requestTimeoutInMs?: number) {
  users += 1;
  const oid = userOf(users);
  const mailbox = world.mailboxOf(oid, requestTimeoutInMs);
  const folder = given(await mailbox.createFolder("ICE Chat"));
  const fault = world.standIn.faults.add({ match: { method: "POST", path: "messages" }, action });
  const outcome = await mailbox.create(folder, itemOf("one"));
  world.standIn.faults.remove(fault.id);
  return { outcome, stored: world.messagesOf(oid, "ICE Chat").length };
}

const answer = (status: number, more: Partial<FaultRule["action"] & { kind: "answer" }> = {}): FaultRule["action"] => ({
  kind: "answer",
  status,
  ...more,
});
const ambiguous = (wasAnswered: boolean, because: string): CreateOutcome => ({
  type: "ambiguous",
  wasAnswered,
  because,
});

const cases: readonly [string, FaultRule["action"], CreateOutcome, number][] = [
  ["a 500", answer(500), ambiguous(true, "status:500:ErrorInternalServerError"), 0],
  [
    "a 500 after the write",
    answer(500, { afterTheWrite: true }),
    ambiguous(true, "status:500:ErrorInternalServerError"),
    1,
  ],
  [
    "a gateway's 502 page after the write",
    answer(502, { body: "html", afterTheWrite: true }),
    ambiguous(false, "status:502"),
    1,
  ],
  [
    "a 503 with Retry-After",
    answer(503, { retryAfter: "7" }),
    { type: "ambiguous", wasAnswered: true, because: "status:503:ErrorServerBusy", retryAfterInMs: 7000 },
    0,
  ],
  ["a 504 after the write", answer(504, { afterTheWrite: true }), ambiguous(false, "status:504:GatewayTimeout"), 1],
  ["a reset before the write", { kind: "hang-up" }, ambiguous(false, "connection-lost"), 0],
  ["a reply lost after the write", { kind: "hang-up", afterTheWrite: true }, ambiguous(false, "connection-lost"), 1],
  ["a 429 with seconds", answer(429, { retryAfter: "11" }), { type: "throttled", retryAfterInMs: 11_000 }, 0],
  ["a 429 with a decimal", answer(429, { retryAfter: "1.5" }), { type: "throttled", retryAfterInMs: 1500 }, 0],
  ["a 429 without anything", answer(429, { body: "empty" }), { type: "throttled" }, 0],
  [
    "a 429 from a gateway",
    answer(429, { body: "html", retryAfter: "3" }),
    { type: "throttled", retryAfterInMs: 3000 },
    0,
  ],
  ["a 401", answer(401), { type: "unauthorised" }, 0],
  ["a 403 with a code", answer(403), { type: "blocked", reason: "access-denied", code: "ErrorAccessDenied" }, 0],
  ["a proxy's 403", answer(403, { body: "html" }), ambiguous(false, "status:403"), 0],
  [
    "a full mailbox",
    answer(403, { code: "ErrorQuotaExceeded" }),
    { type: "blocked", reason: "quota-exceeded", code: "ErrorQuotaExceeded" },
    0,
  ],
  [
    "a full mailbox by 507",
    answer(507, { code: "ErrorQuotaExceeded" }),
    { type: "blocked", reason: "quota-exceeded", code: "ErrorQuotaExceeded" },
    0,
  ],
  [
    "no mailbox",
    answer(404, { code: "MailboxNotEnabledForRESTAPI" }),
    { type: "blocked", reason: "no-mailbox", code: "MailboxNotEnabledForRESTAPI" },
    0,
  ],
  ["no folder", answer(404), { type: "folder-gone" }, 0],
  ["a proxy's 404", answer(404, { body: "html" }), ambiguous(false, "status:404"), 0],
  [
    "a 409 nobody knows",
    answer(409, { code: "ErrorIrresolvableConflict" }),
    ambiguous(true, "status:409:ErrorIrresolvableConflict"),
    0,
  ],
  ["a 413", answer(413), { type: "refused", reason: "refused:413:RequestEntityTooLarge", becauseOf: [] }, 0],
  [
    "a 400",
    answer(400, { code: "ErrorInvalidRecipients" }),
    { type: "refused", reason: "refused:400:ErrorInvalidRecipients", becauseOf: [] },
    0,
  ],
  ["a passing 400", answer(400, { code: "ErrorTransient" }), ambiguous(true, "status:400:ErrorTransient"), 0],
  [
    "a 400 about the Message-ID",
    answer(400, { code: "ErrorInvalidArgument", message: "The property 'internetMessageId' is invalid." }),
    { type: "refused", reason: "refused:400:ErrorInvalidArgument", becauseOf: ["internetMessageId"] },
    0,
  ],
  [
    "a 400 about the sender",
    answer(400, { code: "ErrorInvalidArgument", message: "The property 'from/emailAddress' cannot be read." }),
    { type: "refused", reason: "refused:400:ErrorInvalidArgument", becauseOf: ["sender"] },
    0,
  ],
];

for (const [what, action, expected, stored] of cases) {
  test(`${what} is taken for ${expected.type}`, async () => {
    const outcome = await createUnder(action);
    assert.deepEqual(outcome, { outcome: expected, stored });
  });
}

for (const [body, because] of [
  ["html", "not-json"],
  ["half-json", "not-json"],
  ["empty", "no-id"],
  // The one before was the folder's.
  ["previous", "not-a-message"],
] as const) {
  test(`a 201 whose body is ${body} is no answer: nobody knows as what it was stored`, async () => {
    const { outcome, stored } = await createUnder({ kind: "spoil", body });
    assert.deepEqual(outcome, ambiguous(false, because));
    assert.equal(stored, 1);
  });
}

test("a 201 with another item's body is no answer, and is not taken for a receipt", async () => {
  const mailbox = world.mailboxOf(userOf(57));
  const folder = given(await mailbox.createFolder("ICE Chat"));
  await mailbox.create(folder, itemOf("one"));
  const fault = world.standIn.faults.add({ match: { method: "POST" }, action: { kind: "spoil", body: "previous" } });
  const outcome = await mailbox.create(folder, itemOf("two"));
  world.standIn.faults.remove(fault.id);
  assert.deepEqual(outcome, ambiguous(false, "answer-of-another-item"));
});

test("a whole mailbox that cannot be searched by the key is told from one that gives no answer", async () => {
  const mailbox = world.mailboxOf(userOf(56));
  for (const [action, isRefused] of [
    [answer(400, { code: "ErrorRestrictionTooComplex" }), true],
    [answer(400, { body: "html" }), undefined],
    [answer(503), undefined],
  ] as const) {
    const fault = world.standIn.faults.add({ action });
    const found = await mailbox.findAnywhereByKey(keyOf("one"));
    world.standIn.faults.remove(fault.id);
    assert(found.type === "unknown");
    assert.equal(found.isRefused, isRefused);
  }
});

test("half a JSON after the write is no answer", async () => {
  const { outcome, stored } = await createUnder(answer(500, { body: "half-json", afterTheWrite: true }));
  assert.equal(outcome.type, "ambiguous");
  assert.equal(stored, 1);
});

test("a creation that hangs is given up and is ambiguous", async () => {
  const { outcome, stored } = await createUnder({ kind: "hang", afterTheWrite: true }, 300);
  assert.deepEqual(outcome, ambiguous(false, "timed-out"));
  assert.equal(stored, 1);
});

test("a Retry-After that is a date is taken against the answer's own clock", async () => {
  const { outcome } = await createUnder(answer(429, { retryAfter: { dateInMs: 30_000 } }));
  assert(outcome.type === "throttled" && outcome.retryAfterInMs !== undefined);
  assert(outcome.retryAfterInMs > 28_000 && outcome.retryAfterInMs <= 31_000);
});

test("the item is no draft, received and sent at the chat's time, read, threaded, with its key", async () => {
  const oid = userOf(59);
  const mailbox = world.mailboxOf(oid);
  const folder = given(await mailbox.createFolder("ICE Chat"));
  await mailbox.create(folder, itemOf("one"));
  const [message] = world.messagesOf(oid, "ICE Chat");
  assert.equal(message?.["isDraft"], false);
  assert.equal(message?.["isRead"], true);
  assert.equal(message?.["receivedDateTime"], "2026-06-03T14:05:09Z");
  assert.equal(message?.["sentDateTime"], "2026-06-03T14:05:09Z");
  const properties = JSON.stringify(message?.["singleValueExtendedProperties"]);
  assert(properties.includes(keyOf("one")));
  assert(properties.includes(importKeyProperty.slice("String ".length)));
  const other = itemOf("two");
  await mailbox.create(folder, other);
  const conversations = world.messagesOf(oid, "ICE Chat").map((one) => one["conversationId"]);
  assert.equal(new Set(conversations).size, 1);
});

test("an item that comes out as a draft, at another time, or elsewhere is told", async () => {
  const mailbox = world.mailboxOf(userOf(58));
  const folder = given(await mailbox.createFolder("ICE Chat"));
  const item = itemOf("one");
  const [, ...withoutFlags] = item.message.singleValueExtendedProperties.filter(
    ({ id }) => !id.startsWith("SystemTime"),
  );
  const message = { ...item.message, singleValueExtendedProperties: withoutFlags };
  const outcome = await mailbox.create(folder, { ...item, message });
  assert(outcome.type === "created");
  assert.deepEqual(outcome.deviations, ["is-draft", "received-at", "sent-at"]);
  const well = await mailbox.create("inbox", itemOf("two"));
  assert(well.type === "created");
  assert.deepEqual(well.deviations, ["folder"]);
});

test("a folder whose creation is answered with a 5xx, or lost, is found; where it is not, that is no folder", async () => {
  for (const [n, action] of [
    answer(500, { afterTheWrite: true }),
    { kind: "hang-up", afterTheWrite: true } as const,
  ].entries()) {
    const mailbox = world.mailboxOf(userOf(50 + n));
    const fault = world.standIn.faults.add({ match: { method: "POST" }, action });
    const made = given(await mailbox.createFolder("ICE Chat"));
    world.standIn.faults.remove(fault.id);
    assert.deepEqual(given(await mailbox.findFolders("ICE Chat")), [made]);
  }
  const fault = world.standIn.faults.add({ match: { method: "POST" }, action: answer(500) });
  const answered = await world.mailboxOf(userOf(52)).createFolder("ICE Chat");
  world.standIn.faults.remove(fault.id);
  assert.deepEqual(answered, { type: "unknown", because: "folder-not-made" });
});

test("a folder that the search does not see yet is found when creating it says that it is there", async () => {
  const mailbox = world.mailboxOf(userOf(53));
  const made = given(await mailbox.createFolder("ICE Chat"));
  const fault = world.standIn.faults.add({ match: { method: "GET" }, action: { kind: "stale", ageInMs: 3_600_000 } });
  assert.deepEqual(given(await mailbox.findFolders("ICE Chat")), []);
  assert.equal(given(await mailbox.createFolder("ICE Chat")), made);
  world.standIn.faults.remove(fault.id);
});

test("a look-up that fails says nothing, one that is throttled says so", async () => {
  const mailbox = world.mailboxOf(userOf(54));
  const fault = world.standIn.faults.add({ nth: 1, action: answer(500) });
  assert.deepEqual(await mailbox.findByMessageId("<a@b>"), {
    type: "unknown",
    because: "status:500:ErrorInternalServerError",
  });
  world.standIn.faults.remove(fault.id);
  const other = world.standIn.faults.add({ nth: 1, action: answer(429, { retryAfter: "5" }) });
  assert.deepEqual(await mailbox.findByMessageId("<a@b>"), { type: "throttled", retryAfterInMs: 5000 });
  world.standIn.faults.remove(other.id);
});

test("reads a long day back page by page, and a page that fails again", async () => {
  const mailbox = world.mailboxOf(userOf(55));
  const folder = given(await mailbox.createFolder("ICE Chat"));
  const items = Array.from({ length: 501 }, (_, n) => itemOf(`item ${n}`));
  for (const item of items) assert.equal((await mailbox.create(folder, item)).type, "created");
  const fault = world.standIn.faults.add({ nth: 2, match: { method: "GET" }, action: answer(503) });
  const keys: string[] = [];
  const others: string[] = [];
  for await (const page of mailbox.listKeys(folder, toChatDay(sentAt))) {
    if (page.type === "value") keys.push(...page.value);
    else others.push(page.type);
  }
  world.standIn.faults.remove(fault.id);
  assert.deepEqual(others, ["unknown"]);
  assert.deepEqual(keys.toSorted(), items.map(({ key }) => key).toSorted());
});
