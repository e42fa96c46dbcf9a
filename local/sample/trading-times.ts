import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";
import { hourInMs } from "./zone-day.ts";

/** When traders talk: the middle of a busy spell in hours, how wide it is, and how often it is chosen. */
const spells = [
  { hour: 8.2, width: 0.7, weight: 30 },
  { hour: 10.8, width: 1.2, weight: 18 },
  { hour: 14.6, width: 0.9, weight: 24 },
  { hour: 16.4, width: 0.4, weight: 22 },
  { hour: 3, width: 1.2, weight: 3 },
  { hour: 21.8, width: 0.9, weight: 3 },
] as const;

const allWeights = spells.reduce((sum, { weight }) => sum + weight, 0);

/** `count` times of the stage's day in ascending order, in bursts of about 25 messages some seconds apart. */
export function burstTimes(random: Random, count: number, stage: Stage): number[] {
  const times: number[] = [];
  while (times.length < count) {
    let at = burstStart(random, stage);
    const inBurst = Math.min(count - times.length, 1 + Math.round(random.exponential(25)));
    for (let i = 0; i < inBurst; i += 1) {
      times.push(Math.floor(Math.min(at, stage.dayEnd - 2_000)));
      at += 800 + random.exponential(9_000);
    }
  }
  return times.toSorted((a, b) => a - b);
}

function burstStart(random: Random, stage: Stage): number {
  let left = random.next() * allWeights;
  for (const { hour, width, weight } of spells) {
    left -= weight;
    if (left > 0) continue;
    const at = stage.dayStart + (hour + random.normal() * width) * hourInMs;
    return Math.min(Math.max(at, stage.dayStart + 1_000), stage.dayEnd - hourInMs / 12);
  }
  return stage.dayStart + 9 * hourInMs;
}
