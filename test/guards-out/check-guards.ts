import type { Guard } from "./guard.ts";

const unit = (only: string) => ({ file: "test/unit/check/check-up.test.ts", only });
const wire = (only: string) => ({ file: "test/wire/functions/check-up.test.ts", only });
const facts = { file: "test/wire/store/account-facts.test.ts" };

/** The app's check of itself: it leaves nothing behind, does no harm, and two processes at it do not mix. */
export const checkGuards: readonly Guard[] = [
  {
    name: "check-forgets-addresses",
    rule: "R5",
    file: "shared/pipeline/check/check-up.ts",
    source: "const ended = await change(deps, check, ({ asked: _, ...old }) =>",
    instead: "const ended = await change(deps, check, (old) =>",
    watchers: [unit("a check ends with"), wire("nothing is left behind")],
  },
  {
    name: "check-given-up-forgets-addresses",
    rule: "R5",
    file: "shared/pipeline/check/give-up-check.ts",
    source: "({ asked: _, ...old }) =>",
    instead: "(old) =>",
    watchers: [wire("a check that is given up")],
  },
  {
    name: "doctor-takes-its-request-back",
    rule: "R5",
    file: "local/doctor/run-doctor.ts",
    source: "    await withdraw(storage, check);\n",
    instead: "    void withdraw;\n",
    watchers: [{ file: "test/unit/doctor/doctor.test.ts" }],
  },
  {
    name: "check-fences-findings",
    rule: "R8",
    file: "shared/pipeline/check/check-up.ts",
    source: "old.begun === begun ? { ...old, findings: [...old.findings, finding] } : undefined,",
    instead: "({ ...old, findings: [...old.findings, finding] }),",
    watchers: [unit("a process that was thought dead")],
  },
  {
    name: "check-fences-its-end",
    rule: "R8",
    file: "shared/pipeline/check/check-up.ts",
    source: "old.begun === begun ? { ...old, endedAt: deps.clock.now() } : undefined,",
    instead: "({ ...old, endedAt: deps.clock.now() }),",
    watchers: [unit("a check that another process begins anew")],
  },
  {
    name: "check-ended-stays-ended",
    rule: "R8",
    file: "shared/pipeline/check/check-up.ts",
    source: "(old) => (old.endedAt === undefined ? next(old) : undefined),",
    instead: "next,",
    watchers: [unit("a second delivery that finds the lock free")],
  },
  {
    name: "check-comes-again",
    rule: "R8",
    file: "shared/pipeline/check/check-up.ts",
    source: 'if (isOurs === undefined) await deps.queues.send("checks", { v: 1, runId: check, check }, deps.lockInMs);',
    instead: "",
    watchers: [unit("two deliveries at a time")],
  },
  {
    name: "check-has-a-time-limit",
    rule: "R7",
    file: "shared/pipeline/check/run-check.ts",
    source: "await Promise.race([told.next(), timeUp]);",
    instead: "await told.next();",
    watchers: [{ file: "test/unit/check/run-check.test.ts", limitInMs: 20_000 }],
  },
  {
    name: "check-spares-the-site",
    rule: "R6",
    file: "shared/pipeline/check/check-site.ts",
    source: 'if (error.reason !== "aborted") await deps.spareSite(connector.name, error);',
    instead: "",
    watchers: [wire("a site that refuses the password")],
  },
  {
    name: "check-makes-one-secret",
    rule: "R7",
    file: "shared/secrets/vault-probe.ts",
    source: "if (version === undefined) {",
    instead: "if (now > 0) {",
    watchers: [wire("nothing is left behind")],
  },
  {
    name: "check-hides-its-message",
    rule: "R7",
    file: "shared/store/account-facts.ts",
    source: "visibilityTimeout: hiddenInSeconds",
    instead: "visibilityTimeout: 0",
    watchers: [facts],
  },
  {
    name: "check-takes-its-message-back",
    rule: "R7",
    file: "shared/store/account-facts.ts",
    source: 'await this.#deps.calls.run("delete from queue", queue, remove, signal).catch(undefinedIfMissing);',
    instead: "void remove;",
    watchers: [facts, wire("nothing is left behind")],
  },
  {
    name: "check-deletes-its-blobs",
    rule: "R7",
    file: "shared/pipeline/check/try-blobs.ts",
    source: "  } finally {\n    await Promise.all([blobs.remove(path), blobs.remove(log)]);\n  }",
    instead: "  } finally {\n  }",
    watchers: [{ file: "test/unit/check/check-storage.test.ts" }],
  },
];
