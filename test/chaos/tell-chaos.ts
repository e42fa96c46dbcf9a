import type { ChaosResult } from "./run-chaos.ts";

const mostNamed = 20;
const told = ["item.in-doubt", "drop.resumed", "message.dead", "invocation.failed", "slice.ended"] as const;

/** Whether nothing was lost, nothing came twice, every report agrees and everything ended. */
export function isGood({ lost, doubled, differences, unbalanced, unfinished }: ChaosResult): boolean {
  return lost + doubled + differences.length + unbalanced.length + unfinished.length === 0;
}

/** The figures of a run, a line each, and what is wrong. */
export function tellChaos(result: ChaosResult): string[] {
  const { kills, disturbances, graphFaults, drops, resent, replays, items, deliveries, reports, events, seconds } =
    result;
  const { found, again, lost, doubled, unbalanced, differences, unfinished } = result;
  const byVictim = tally(kills.map(({ victim }) => victim));
  const byStage = tally(kills.flatMap(({ underWay }) => (underWay.length === 0 ? ["nothing"] : underWay)));
  return [
    `kills ${kills.length}: ${byVictim}; besides: ${tally(disturbances)}`,
    `under way: ${byStage}`,
    `faults of Graph ${graphFaults}; events: ${told.map((name) => `${name} ${events.get(name) ?? 0}`).join(", ")}`,
    `found again after a doubt ${found}, created again ${again}`,
    `drops ${drops}, files sent again ${resent}, replays ${replays}, reports ${reports}, items ${items}, deliveries ${deliveries}`,
    `lost ${lost}, doubled ${doubled}, unbalanced reports ${unbalanced.length}, other differences ${differences.length}, unfinished ${unfinished.length}, seconds ${seconds}`,
    ...[...unfinished, ...unbalanced, ...differences].slice(0, mostNamed).map((what) => `! ${what}`),
  ];
}

function tally(words: readonly string[]): string {
  const groups = [...Map.groupBy(words, (word) => word)].toSorted(([, a], [, b]) => b.length - a.length);
  return groups.map(([word, { length }]) => `${word} ${length}`).join(", ");
}
