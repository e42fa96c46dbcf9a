import { runTier, toFigures } from "./run-tier.ts";

/** The heaviest hostile files: `node test/fault/hostile/long.ts`. Ends with 1 when one of them is not as it must be. */
const mostMemoryInBytes = 900 * 1024 ** 2;
const tier = await runTier("long", process.argv[2]);
for (const figure of toFigures(tier)) process.stdout.write(`${figure}\n`);
const failures = tier.cases.filter(({ failure }) => failure !== undefined);
for (const { kind, name, failure } of failures) process.stdout.write(`${kind}: ${name}: ${failure}\n`);
if (failures.length > 0 || tier.peakInBytes > mostMemoryInBytes) process.exitCode = 1;
