import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultChaos } from "./chaos-options.ts";
import { runChaos } from "./run-chaos.ts";
import { isGood, tellChaos } from "./tell-chaos.ts";

/** A small part of what `node test/chaos/main.ts --kills 200` does. */
const small = {
  ...defaultChaos,
  kills: 12,
  messages: 40,
  users: 6,
  processes: 2,
  runs: 3,
  graphFaults: 0.1,
  minutes: 4,
};

test("nothing is lost and nothing comes twice when processes of the real system are killed while they work", async (t) => {
  const result = await runChaos(small, t.signal, () => undefined);
  const told = tellChaos(result);
  assert.ok(isGood(result), told.join("\n"));
  for (const line of told) t.diagnostic(line);
});
