import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a test waits for what comes by itself: a machine under load takes its time, and who waits for less fails there. */
export const patienceInMs = 30_000;

/** Looks again and again until something holds. Throws with `what` when it does not in 30 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceInMs;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `in ${patienceInMs / 1_000} s it did not come to hold: ${what}`);
    await sleep(25);
  }
}

/** Reads again and again until it is what is expected. Throws what is different when it is not in 30 s. */
export async function becomes<Value>(read: () => Value | Promise<Value>, expected: Value): Promise<void> {
  const end = Date.now() + patienceInMs;
  for (;;) {
    const actual = await read();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
    await sleep(25);
  }
}
