import { bodies } from "./bodies.ts";
import { readPeakMemory } from "./measure/peak-memory.ts";
import { Stopwatch } from "./measure/stopwatch.ts";

/** The entry of a measured process: `node local/bench/child.ts <body> <json>`. Tells its parent, or the terminal. */
const [name = "", json = "{}"] = process.argv.slice(2);
const load = bodies[name];
if (load === undefined) throw new Error(`there is no body ${name}; bodies.ts has ${Object.keys(bodies).join(", ")}`);

// Whoever started us may be gone; work that nobody waits for must not go on.
process.once("disconnect", () => process.exit(1));

const body = await load();
const watch = new Stopwatch();
const told = await body(JSON.parse(json), watch);
const result = { ...watch.taken, peakInBytes: readPeakMemory(), told };
if (process.send === undefined) console.log(JSON.stringify(result, undefined, 2));
else await new Promise((resolve) => process.send?.(result, resolve));
// What a library still holds open must not keep the bench waiting.
process.exit();
