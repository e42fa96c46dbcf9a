import type { Guard } from "./guard.ts";

const cursors = { file: "test/unit/api/bound-cursor.test.ts" };
const scopes = (only: string) => ({ file: "test/unit/api/drops-scopes.test.ts", only });
const keys = (only: string) => ({ file: "test/unit/api/setup-keys.test.ts", only });
const mapping = (only: string) => ({ file: "test/unit/api/setup-mapping.test.ts", only });
const hostKeys = { file: "test/unit/portal/host-key-choice.test.ts" };

/** What the admin's page says of a day, a connection and a list, and what it takes before somebody has said so. */
export const pageGuards: readonly Guard[] = [
  {
    name: "page-cursor-of-its-own-list",
    rule: "R9",
    file: "shared/api/bound-cursor.ts",
    source: "if (dot < 0 || cursor.slice(0, dot) !== listing) throw noPlace();",
    instead: "",
    watchers: [cursors],
  },
  {
    name: "page-cursor-of-its-own-filters",
    rule: "R9",
    file: "shared/api/bound-cursor.ts",
    source: "JSON.stringify([endpoint, params ?? null, sorted])",
    instead: "JSON.stringify([endpoint, params ?? null, sorted.length >= 0])",
    watchers: [cursors],
  },
  {
    name: "page-refused-is-told-apart",
    rule: "R9",
    file: "shared/api/audited.ts",
    source: "if (!(error instanceof ApiProblem && nothingDone.has(error.problem))) throw error;",
    instead: "if (error !== undefined) throw error;",
    watchers: [{ file: "test/unit/api/audited.test.ts", only: "told apart" }],
  },
  {
    name: "page-unsure-is-not-called-refused",
    rule: "R9",
    file: "shared/api/audited.ts",
    source: "&& nothingDone.has(error.problem)",
    instead: "",
    watchers: [{ file: "test/unit/api/audited.test.ts", only: "told apart" }],
  },
  {
    name: "page-password-not-overwritten-blindly",
    rule: "R9",
    file: "shared/api/handlers/keys.ts",
    source: "if (!isFirst || ifMatch !== undefined) requireMatch(ifMatch, toVersionOf(before));",
    instead: "",
    watchers: [keys("overwritten in sight")],
  },
  {
    name: "page-one-pgp-upload-at-a-time",
    rule: "R8",
    file: "shared/api/handlers/pgp-keys.ts",
    source: "await alone(deps, request.params.name, () => upload(deps, request));",
    instead: "await upload(deps, request);",
    watchers: [keys("uploaded twice at once")],
  },
  {
    name: "page-whole-day-beside-a-part",
    rule: "R1",
    file: "shared/pipeline/closed-generations.ts",
    source: "if (summary.scope === undefined) return",
    instead: "if (summary.scope !== undefined) return",
    watchers: [scopes("whole day's figures stay")],
  },
  {
    name: "page-left-over-of-a-file",
    rule: "R1",
    file: "shared/pipeline/drop-needs.ts",
    source: 'scope?.type === "files" && filter.hasFile(fileOf(source))',
    instead: 'scope?.type === "files"',
    watchers: [scopes("connectors' list")],
  },
  {
    name: "page-untried-is-not-well",
    rule: "R6",
    file: "shared/pipeline/validation-steps.ts",
    source: 'steps.every(({ outcome }) => outcome === "ok") ? "works" : "untried"',
    instead: '"works"',
    watchers: [{ file: "test/wire/api/validation.test.ts", only: "told apart from one" }],
  },
  {
    name: "page-one-tick-one-host-key",
    rule: "R9",
    file: "portal/setup/host-key-choice.ts",
    source: ".filter((fingerprint) => compared.has(fingerprint))",
    instead: ".filter(() => compared.size > 0)",
    watchers: [hostKeys],
  },
  {
    name: "page-addresses-in-bounded-numbers",
    rule: "R7",
    file: "shared/api/handlers/look-up-addresses.ts",
    source: ".slice(from, from + mostAsked)",
    instead: ".slice(from)",
    watchers: [mapping("so many are asked for at once")],
  },
  {
    name: "page-addresses-nobody-has",
    rule: "R1",
    file: "shared/api/handlers/look-up-addresses.ts",
    source: 'if (answer === "unknown") return "unknown-user";',
    instead: 'if (answer === "unknown") return undefined;',
    watchers: [mapping("names the lines that would get nothing")],
  },
];
