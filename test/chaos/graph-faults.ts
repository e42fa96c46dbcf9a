import type { FaultRule } from "../../local/stand-ins/fault-rule.ts";

const creation = { method: "POST", path: "/messages$" };
const question = { method: "GET" };

/** How a creation goes wrong, and how much of the whole each way has. */
const ofCreations: readonly (readonly [share: number, action: FaultRule["action"]])[] = [
  [0.2, { kind: "hang-up", afterTheWrite: true }],
  [0.15, { kind: "answer", status: 503, body: "html", afterTheWrite: true }],
  [0.1, { kind: "answer", status: 504, body: "empty", afterTheWrite: true }],
  [0.1, { kind: "answer", status: 500, body: "half-json", afterTheWrite: true }],
  [0.1, { kind: "hang-up" }],
  [0.1, { kind: "answer", status: 503, retryAfter: "1" }],
  [0.1, { kind: "answer", status: 429, retryAfter: "1" }],
  [0.1, { kind: "answer", status: 429, retryAfter: "0.5" }],
  [0.05, { kind: "answer", status: 429, retryAfter: { dateInMs: 1500 } }],
];

/** The same of what is asked: look-ups, folders, the directory. */
const ofQuestions: readonly (readonly [share: number, action: FaultRule["action"]])[] = [
  [0.1, { kind: "answer", status: 503, body: "html" }],
  [0.1, { kind: "hang-up", afterTheWrite: true }],
];

/** Rules by which about this share of all creations goes wrong, and a fifth of it of all questions; filters lag a little. */
export function toGraphFaults(rate: number, seed: number): FaultRule[] {
  if (rate === 0) return [];
  const toRules = (match: FaultRule["match"], ways: typeof ofCreations, from: number): FaultRule[] =>
    ways.map(([share, action], n) => ({ match, rate: rate * share, seed: seed * 100 + from + n, action }));
  return [
    ...toRules(creation, ofCreations, 0),
    ...toRules(question, ofQuestions, 50),
    { match: question, action: { kind: "stale", ageInMs: 800 } },
  ];
}
