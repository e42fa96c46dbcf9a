import type { Stopwatch } from "./stopwatch.ts";

/** Plain values that go from a child to the bench. */
export type Told = Readonly<Record<string, number | string | boolean>>;

/**
 * Work that is measured in a process of its own. It checks its arguments, makes ready, and does what counts within
 * `watch.time`. @returns what it has to tell beside the times
 */
export type Body = (args: unknown, watch: Stopwatch) => Promise<Told>;
