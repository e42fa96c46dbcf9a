import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import type { FaultRule } from "../../../local/stand-ins/fault-rule.ts";
import { chatLineOf, ids, sentAt } from "../../support/import-world.ts";
import { creations, toBalance, WireWorld } from "../../support/wire-import.ts";

/** More than these are to be had by `node test/wire/import/thirty-percent.test.ts 20000`. */
const count = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 400);
const day = 86_400_000;
const items = Array.from({ length: count }, (_, n) => ({
  item: chatLineOf(`item ${n}`, { position: n, sentAt: sentAt - (n % 3) * day + n }),
}));
/** A tenth of them twice, as two files hold them that overlap. */
const lines = [...items, ...items.slice(0, count / 10).map(({ item }) => ({ item, file: ids.otherFile }))].toSorted(
  (a, b) => a.item.sentAt - b.item.sentAt,
);

type Answer = Omit<FaultRule["action"] & { kind: "answer" }, "kind">;
const answer = (status: number, more: Partial<Answer> = {}): FaultRule["action"] => ({
  kind: "answer",
  status,
  ...more,
});
const stored = (status: number, more: Partial<Answer> = {}): FaultRule["action"] =>
  answer(status, { ...more, afterTheWrite: true });

/** Of creations: what is stored and denied, what is neither, and what is garbled. */
const ofCreations: readonly FaultRule["action"][] = [
  ...[
    stored(500),
    stored(502, { body: "html" }),
    stored(503, { retryAfter: "2" }),
    stored(504),
    stored(503, { body: "html" }),
  ],
  ...[stored(429, { retryAfter: "3" }), stored(500, { body: "half-json" })],
  ...[{ kind: "hang-up", afterTheWrite: true } as const, { kind: "spoil", body: "html" } as const],
  ...[{ kind: "spoil", body: "half-json" } as const, { kind: "spoil", body: "empty" } as const],
  { kind: "spoil", body: "previous" },
  ...[
    answer(500),
    answer(502, { body: "html" }),
    answer(503, { retryAfter: "1.5" }),
    answer(504),
    { kind: "hang-up" } as const,
  ],
  ...[answer(429), answer(429, { retryAfter: "2.5" }), answer(429, { retryAfter: { dateInMs: 9000 } })],
  ...[answer(429, { retryAfter: { dateInMs: -60_000 } }), answer(401), answer(403, { body: "html" }), answer(404)],
];

/** Of everything else. */
const ofReads: readonly FaultRule["action"][] = [
  ...[answer(500), answer(502, { body: "html" }), answer(503, { retryAfter: "2" }), answer(429, { retryAfter: "4" })],
  ...[
    answer(400, { body: "html" }),
    answer(401),
    { kind: "hang-up" } as const,
    { kind: "spoil", body: "html" } as const,
  ],
  ...[{ kind: "spoil", body: "half-json" } as const, { kind: "spoil", body: "empty" } as const],
  { kind: "spoil", body: "previous" },
];

/** Each sort as often as the others, together in three of ten requests. */
function toRules(match: FaultRule["match"], actions: readonly FaultRule["action"][], seed: number): FaultRule[] {
  const rate = 1 - 0.7 ** (1 / actions.length);
  return actions.map((action, n) => ({ match, rate, seed: seed + n, action }));
}

const refusesMessageId: FaultRule = {
  match: { ...creations, bodyHas: ["internetMessageId"] },
  rate: 0.02,
  seed: 500,
  action: answer(400, { code: "ErrorInvalidArgument", message: "The property 'internetMessageId' is invalid." }),
};
/** A few only: each costs the real time-out. */
const silences: readonly FaultRule[] = [
  { match: creations, nth: [7, 100, 300], action: { kind: "hang", afterTheWrite: true } },
  { match: creations, nth: [40, 200], action: { kind: "hang" } },
];
/** What was stored less than 50 seconds ago is not found by any search. */
const lag: FaultRule = { match: { method: "GET" }, action: { kind: "stale", ageInMs: 50_000 } };

const logged = z.object({ method: z.string(), url: z.string(), headers: z.record(z.string(), z.unknown()) });

test(`three requests of ten go wrong, in every way, over real https: of ${count} items none is lost and none is there twice`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "thirty-percent-"));
  const requestsFile = join(folder, "requests.jsonl");
  const wire = await WireWorld.start(1, () => ({ requestsFile }));
  t.after(async () => {
    await wire.graph.close();
    await rm(folder, { recursive: true });
  });
  const oid = wire.nextUser();
  const rules = [
    ...toRules(creations, ofCreations, 1),
    ...toRules({ method: "GET" }, ofReads, 100),
    ...[refusesMessageId, ...silences, lag],
  ];
  const { summary, hits, run, world, tookInMs } = await wire.import(lines, rules, oid);

  const requests = (await readFile(requestsFile, "utf8"))
    .trim()
    .split("\n")
    .map((line) => logged.parse(JSON.parse(line)));
  const posts = requests.filter(({ method, url }) => method === "POST" && url.endsWith("/messages"));
  const faults = hits.slice(0, -1).reduce((sum, one) => sum + one, 0);
  const balance = toBalance(lines, wire.countsIn(oid));
  t.diagnostic(
    `${requests.length} requests, ${posts.length} of them creations, ${faults} faults, ${run.slice + 1} slices, ` +
      `${Math.round(tookInMs / 60_000)} minutes by the clock, ${world.log.of("item.in-doubt").length} doubts, ` +
      `${summary.degraded} degraded; ${balance.items} items, ${balance.lost} lost, ${balance.doubled} doubled`,
  );
  assert.deepEqual(balance, { items: count, lost: 0, doubled: 0, strange: 0 });
  assert.deepEqual(summary.counts, { imported: count, partial: 0, skipped: lines.length - count, failed: 0 });
  assert.deepEqual([summary.verify.double, summary.verify.moved, summary.verify.unrecorded], [0, 0, 0]);
  assert(faults / requests.length > 0.25, `${faults} faults in ${requests.length} requests`);
  for (const [n, one] of hits.entries()) assert(one > 0 || n < hits.length - 1, `rule ${n} never struck`);
  const sent = new Map<string, number>();
  for (const { headers } of posts) {
    const id = String(headers["client-request-id"]);
    sent.set(id, (sent.get(id) ?? 0) + 1);
  }
  // A second time only after a 401, which the client itself answers with a new token.
  const twice = [...sent.values()].filter((times) => times > 1).length;
  assert(twice <= (hits[ofCreations.findIndex((action) => action.kind === "answer" && action.status === 401)] ?? 0));
});
