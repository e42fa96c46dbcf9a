import { corpus } from "./corpus.ts";
import type { HostileCase } from "./hostile-case.ts";
import { makeKeys } from "./make/keys.ts";
import { runCase } from "./run-case.ts";

/**
 * Runs hostile cases one after another and prints a line of JSON for each: a process of its own, so that its memory can
 * be limited and measured. Arguments: `quick` or `long`, then perhaps an expression that kind and name must match.
 */
const [tier = "quick", wanted = ""] = process.argv.slice(2);
const isWanted = new RegExp(wanted);
const keys = await makeKeys();

for (const { kind, cases } of corpus) {
  for (const hostile of cases) {
    if ((hostile.isHeavy === true) !== (tier === "long") || !isWanted.test(`${kind}: ${hostile.name}`)) continue;
    process.stdout.write(`${JSON.stringify({ kind, name: hostile.name, ...(await run(hostile)) })}\n`);
  }
}
process.stdout.write(`${JSON.stringify({ peakInBytes: process.resourceUsage().maxRSS * 1024 })}\n`);

async function run(hostile: HostileCase): Promise<object> {
  const [began, busy] = [performance.now(), process.cpuUsage()];
  const times = () => {
    const { user, system } = process.cpuUsage(busy);
    return { ms: Math.round(performance.now() - began), cpuInMs: Math.round((user + system) / 1000) };
  };
  try {
    return { ...(await runCase(hostile, keys)), ...times() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error), ...times() };
  }
}
