import assert from "node:assert/strict";
import { test } from "node:test";
import { Brake } from "../../../shared/import/brake.ts";
import { toImportSettings } from "../../../shared/import/import-settings.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function makeBrake(): { brake: Brake; clock: FakeClock } {
  const clock = new FakeClock({ turnsItself: true });
  const settings = toImportSettings({});
  return { brake: new Brake({ clock, now: () => clock.now(), random: () => 0, settings }), clock };
}

for (const [askedInMs, leastInMs] of [
  [0, 1000],
  [3000, 3000],
] as const) {
  test(`whoever is asked to wait ${askedInMs} ms waits ${leastInMs} ms or more: no lane sends before`, async () => {
    const { brake, clock } = makeBrake();
    const from = clock.now();
    brake.meet({ type: "throttled", retryAfterInMs: askedInMs });
    assert.equal(await brake.mayGoOn(), true);
    assert.ok(clock.now() - from >= leastInMs, `waited ${clock.now() - from} ms`);
  });
}

test("who is overtaken stays overtaken, whatever else ends the slice", () => {
  const { brake } = makeBrake();
  brake.pause("throttled", 1000);
  brake.stop({ type: "overtaken" });
  brake.pause("slice-over");
  assert.deepEqual(brake.end, { type: "overtaken" });
});
