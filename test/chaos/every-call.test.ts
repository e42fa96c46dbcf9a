import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallFaultName } from "./call-faults.ts";
import { type SweepResult, sweepCalls } from "./sweep-calls.ts";

/** Part of what `node test/chaos/every-call.ts` does in full. */
const sample: readonly CallFaultName[] = ["drop-reply", "cut-reply", "reset", "answer-503-after", "vanish-after"];

test("on real storage, mailboxes and report are the same whichever request's reply is lost, cut or a refusal", async (t) => {
  const options = { store: "azurite", faults: sample, stride: 17, apart: 34, lanes: 2 } as const;
  const result = await sweepCalls(options, () => undefined);
  expectUnharmed(result);
  assert.ok(result.faults > 40, `only ${result.faults} faults`);
  t.diagnostic(tell(result));
});

function expectUnharmed({ wrong, lost, doubled, differentReports }: SweepResult): void {
  assert.deepEqual([...wrong], []);
  assert.deepEqual([lost, doubled, differentReports], [0, 0, 0]);
}

function tell({ runs, faults, lost, doubled, differentReports, calls }: SweepResult): string {
  const counted = [...calls].map(([name, count]) => `${name} ${count}`).join(", ");
  return `${runs} runs, ${faults} faults, lost ${lost}, doubled ${doubled}, different reports ${differentReports}; ${counted}`;
}
